import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isAppError, type ErrorCode } from '../../../src/lib/errors.ts';
import type { Migration } from '../../../src/store/migrations/migrate.ts';
import { openDatabase } from '../../../src/store/open-database.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();
const MIGRATIONS: readonly Migration[] = [
  { version: 1, breaking: true, sql: 'CREATE TABLE notes (text TEXT NOT NULL)' },
];

function codeOfOpening(filePath: string): ErrorCode | undefined {
  try {
    openDatabase(filePath, MIGRATIONS).close();
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : undefined;
  }
}

test('what was written is there when the database is opened again', () => {
  const filePath = join(makeTempDir(onEnd), 'deep', 'state.db');
  const first = openDatabase(filePath, MIGRATIONS);
  first.exec("INSERT INTO notes VALUES ('kept')");
  first.close();
  const second = openDatabase(filePath, MIGRATIONS);
  onEnd(() => second.close());
  expect(second.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'kept' }]);
});

test('a commit waits for the disk, in a write-ahead log', () => {
  const db = openDatabase(join(makeTempDir(onEnd), 'state.db'), MIGRATIONS);
  onEnd(() => db.close());
  expect([
    db.prepare('PRAGMA journal_mode').get(),
    db.prepare('PRAGMA synchronous').get(),
    db.prepare('PRAGMA foreign_keys').get(),
  ]).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }, { foreign_keys: 1 }]);
});

testOnPosix('folder, database and log are for this user alone', () => {
  const dir = join(makeTempDir(onEnd), 'state');
  const db = openDatabase(join(dir, 'state.db'), MIGRATIONS);
  onEnd(() => db.close());
  const modes = [dir, ...['state.db', 'state.db-wal'].map((name) => join(dir, name))].map((path) =>
    (statSync(path).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['700', '600', '600']);
});

test('a file that is no database is corrupt, and stays as it is', () => {
  const filePath = join(makeTempDir(onEnd), 'state.db');
  writeFileSync(filePath, 'not a database at all, but a letter. '.repeat(100));
  expect([codeOfOpening(filePath), statSync(filePath).size]).toEqual(['STATE_CORRUPT', 3700]);
});

test('a database that was cut short is corrupt', () => {
  const filePath = join(makeTempDir(onEnd), 'state.db');
  const db = openDatabase(filePath, MIGRATIONS);
  db.prepare('INSERT INTO notes VALUES (?)').run('x'.repeat(100_000));
  db.close();
  truncateSync(filePath, 8192);
  expect(codeOfOpening(filePath)).toBe('STATE_CORRUPT');
});

test.each<[string, (dir: string) => string]>([
  [
    'a folder that cannot be made',
    (dir) => {
      writeFileSync(join(dir, 'file'), '');
      return join(dir, 'file', 'state.db');
    },
  ],
  [
    'a folder in place of the file',
    (dir) => {
      mkdirSync(join(dir, 'state.db'));
      return join(dir, 'state.db');
    },
  ],
])('%s is unwritable', (_what, prepare) => {
  expect(codeOfOpening(prepare(makeTempDir(onEnd)))).toBe('STATE_UNWRITABLE');
});
