import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import { SqliteDesiredStore } from '../../../../src/store/agent/sqlite-desired-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleTask } from '../../../support/sample-task.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function open(): { database: AgentDatabase; store: SqliteDesiredStore } {
  const database = new AgentDatabase(join(makeTempDir(onEnd), 'state.db'));
  onEnd(() => database.close());
  return { database, store: new SqliteDesiredStore(database, { log: silentLogger }) };
}

test('keeps the last document only', () => {
  const { store } = open();
  expect(store.load()).toBeUndefined();
  const first = { revision: 1, tasks: [sampleTask({ everySeconds: 60 })], services: [], problems: [] };
  store.save(first);
  expect(store.load()).toEqual(first);
  const second = {
    revision: 2,
    agentVersion: '2.0.0',
    tasks: [],
    services: [],
    problems: [{ name: 'web', message: 'No' }],
  };
  store.save(second);
  expect(store.load()).toEqual(second);
});

test.each(['{', '{"revision":1}', '{"revision":1,"tasks":[{"name":"../x"}],"services":[],"problems":[]}'])(
  'a document that reads %s is none, so that the server sends it again',
  (text) => {
    const { database, store } = open();
    database.write((sql) => sql.run`INSERT INTO desired (onlyRow, record) VALUES (1, ${text})`);
    expect(store.load()).toBeUndefined();
  },
);
