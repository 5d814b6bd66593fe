import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { newRecord } from '../../../../src/agent/services/kept-record.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { AgentDatabase } from '../../../../src/store/agent/agent-database.ts';
import type { ServiceRecord, ServiceStore } from '../../../../src/store/agent/service-store.ts';
import { SqliteServiceStore } from '../../../../src/store/agent/sqlite-service-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { MemoryServiceStore } from '../../../support/memory-service-store.ts';
import { sampleService } from '../../../support/sample-service.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

const STORES: Record<string, () => ServiceStore> = {
  SQLite: () => {
    const database = new AgentDatabase(join(makeTempDir(onEnd), 'state.db'));
    onEnd(() => database.close());
    return new SqliteServiceStore(database, { log: silentLogger });
  },
  memory: () => new MemoryServiceStore(),
};

describe.each(Object.entries(STORES))('services in %s', (_, open) => {
  test('are as they were saved last', () => {
    const store = open();
    const spec = sampleService({ dependsOn: ['db'], probe: { kind: 'tcp', port: 80 } });
    const full: ServiceRecord = {
      ...newRecord('web', 1),
      ...{ state: 'backing-off', problem: 'Starts again soon', spec, good: sampleService() },
      rejected: { spec: sampleService({ argv: ['bad'] }), problem: 'never healthy' },
      run: { runID: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', startedAt: 5, pid: 7 },
      ...{ restartTimes: [3, 4], restarts: 9, failedStarts: 2 },
      lastEnd: { startedAt: 1, endedAt: 2, exitCode: 137 },
    };
    store.save(newRecord('db', 1));
    store.save(newRecord('web', 1));
    store.save(full);
    expect(store.load()).toEqual([newRecord('db', 1), full]);
  });

  test('are gone when they are removed', () => {
    const store = open();
    for (const name of ['db', 'web']) store.save(newRecord(name, 1));
    store.remove('db');
    store.remove('unknown');
    expect(store.load()).toEqual([newRecord('web', 1)]);
  });
});
