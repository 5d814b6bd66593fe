import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { migrate } from '../../../../src/store/migrations/migrate.ts';
import { SERVER_MIGRATIONS } from '../../../../src/store/migrations/server-migrations.ts';

test('versions count from 1 without gaps', () => {
  expect(SERVER_MIGRATIONS.map(({ version }) => version)).toEqual(
    SERVER_MIGRATIONS.map((_, index) => index + 1),
  );
});

test('agents and entries of the first version are in the default group, and jobs', () => {
  const db = new DatabaseSync(':memory:');
  const options = { filePath: 'server.db' };
  migrate(db, SERVER_MIGRATIONS.slice(0, 1), options);
  // As the first version writes them, also after this one has been there.
  const writeAsFirst = (id: string): void =>
    db.exec(`
      INSERT INTO agents (agentID, hostname, os, enrolledAt, publicKeyHash) VALUES ('${id}', 'web', 'Linux', 1, 'k');
      INSERT INTO library (filename, jobID, executor, description, os, user, createdAt, sha256, size)
      VALUES ('${id}', 'j', 'sh', '', 'linux', 'ada', 1, 'a', 1);`);
  writeAsFirst('before');
  migrate(db, SERVER_MIGRATIONS, options);
  writeAsFirst('after');
  migrate(db, SERVER_MIGRATIONS.slice(0, 1), options);
  expect([
    db.prepare('SELECT agentID, "group" FROM agents').all(),
    db.prepare('SELECT filename, unit FROM library').all(),
  ]).toMatchObject([
    [
      { agentID: 'before', group: 'default' },
      { agentID: 'after', group: 'default' },
    ],
    [
      { filename: 'before', unit: null },
      { filename: 'after', unit: null },
    ],
  ]);
  db.close();
});
