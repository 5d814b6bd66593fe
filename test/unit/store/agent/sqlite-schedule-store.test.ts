import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import { SqliteScheduleStore } from '../../../../src/store/agent/sqlite-schedule-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test.each(['{', '{}', '{"task":"bad","rule":"{}","anchorAt":"x","plannedAt":1}'])(
  'a record that reads %s begins anew, and the others do not suffer',
  (text) => {
    const database = new AgentDatabase(join(makeTempDir(onEnd), 'state.db'));
    onEnd(() => database.close());
    const store = new SqliteScheduleStore(database, { log: silentLogger });
    const good = { task: 'good', rule: '{}', anchorAt: 1, plannedAt: 1 };
    store.save([good]);
    database.write((sql) => sql.run`INSERT INTO schedule (task, record) VALUES ('bad', ${text})`);
    expect(store.load()).toEqual([good]);
  },
);
