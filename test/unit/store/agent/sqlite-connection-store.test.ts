import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import type { ConnectionRecord } from '../../../../src/store/agent/connection-record.ts';
import {
  SqliteConnectionStore,
  parseConnection,
} from '../../../../src/store/agent/sqlite-connection-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('the last record is the one that is kept', () => {
  const database = new AgentDatabase(join(makeTempDir(onEnd), 'state.db'));
  onEnd(() => database.close());
  const store = new SqliteConnectionStore(database);
  expect(store.load()).toBeUndefined();
  const connecting: ConnectionRecord = {
    state: 'connecting',
    since: 5,
    pid: 1,
    version: '1.0.0',
    problem: 'away',
  };
  store.save(connecting);
  const connected: ConnectionRecord = { state: 'connected', since: 6, pid: 1, version: '1.0.0', protocol: 2 };
  store.save(connected);
  expect(store.load()).toEqual(connected);
});

test('a record that cannot be read is none', () => {
  expect(parseConnection('{"state":')).toBeUndefined();
});
