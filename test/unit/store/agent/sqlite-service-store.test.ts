import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { newRecord } from '../../../../src/agent/services/kept-record.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import { SqliteServiceStore } from '../../../../src/store/agent/sqlite-service-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const BAD = newRecord('bad', 1);

test.each([
  ['cut off', '{'],
  ['empty', '{}'],
  ['no object', 'null'],
  ['in a state that does not exist', JSON.stringify({ ...BAD, state: 'toString' })],
  ['with a time that is none', JSON.stringify({ ...BAD, since: 'today' })],
  ['with restarts that are no times', JSON.stringify({ ...BAD, restartTimes: [1, null] })],
  ['of a program elsewhere', JSON.stringify({ ...BAD, spec: sampleService({ filename: '../sh' }) })],
  ['going back elsewhere', JSON.stringify({ ...BAD, good: sampleService({ filename: '../sh' }) })],
  ['of a run in a folder elsewhere', JSON.stringify({ ...BAD, run: { runID: '../..', startedAt: 1 } })],
])('a record that is %s begins anew, and the others do not suffer', (_, text) => {
  const database = new AgentDatabase(join(makeTempDir(onEnd), 'state.db'));
  onEnd(() => database.close());
  const store = new SqliteServiceStore(database, { log: silentLogger });
  const good = { ...newRecord('good', 1), spec: sampleService() };
  store.save(good);
  database.write((sql) => sql.run`INSERT INTO services (name, record) VALUES ('bad', ${text})`);
  expect(store.load()).toEqual([good]);
});
