import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import type { ScheduleStore, TaskRecord } from '../../../../src/store/agent/schedule-store.ts';
import { SqliteScheduleStore } from '../../../../src/store/agent/sqlite-schedule-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { MemoryScheduleStore } from '../../../support/memory-schedule-store.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

const STORES: Record<string, () => ScheduleStore> = {
  SQLite: () => {
    const database = new AgentDatabase(join(makeTempDir(onEnd), 'state.db'));
    onEnd(() => database.close());
    return new SqliteScheduleStore(database, { log: silentLogger });
  },
  memory: () => new MemoryScheduleStore(),
};

function record(task: string, more: Partial<TaskRecord> = {}): TaskRecord {
  return { task, rule: '{}', anchorAt: 1, plannedAt: 2, ...more };
}

describe.each(Object.entries(STORES))('schedules in %s', (_, open) => {
  test('are as they were saved last', () => {
    const store = open();
    const run = { jobID: 'one', dueAt: 5, attempt: 1, startedAt: 6 };
    store.save([record('backup'), record('cleanup')]);
    store.save([record('cleanup', { nextDue: 9, run, skipped: { dueAt: 4, why: 'overlap' } })]);
    expect(store.load()).toEqual([
      record('backup'),
      record('cleanup', { nextDue: 9, run, skipped: { dueAt: 4, why: 'overlap' } }),
    ]);
  });

  test('are gone when they are removed', () => {
    const store = open();
    store.save([record('backup'), record('cleanup')]);
    store.remove(['backup', 'unknown']);
    expect(store.load()).toEqual([record('cleanup')]);
  });
});
