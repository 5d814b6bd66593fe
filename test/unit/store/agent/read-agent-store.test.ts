import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import type { ConnectionRecord } from '../../../../src/store/agent/connection-record.ts';
import type { Job } from '../../../../src/store/agent/job-journal.ts';
import { openAgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { readAgentStore, readConnection } from '../../../../src/store/agent/read-agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { sampleTask } from '../../../support/sample-task.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const CONNECTED: ConnectionRecord = { state: 'connected', since: 5, pid: 1, version: '1.0.0', protocol: 2 };

test('the same is seen while the agent runs and when it does not', () => {
  const stateDir = makeTempDir(onEnd);
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  const [one, two] = store.journal.accept(['one', 'two'].map((jobID) => sampleAssignment({ jobID }))) as [
    Job,
    Job,
  ];
  const result = { outcome: 'canceled', stdoutBytes: 0, stderrBytes: 0 } as const;
  const exited = store.journal.commit(one, { phase: 'exited', result });
  store.connection.save(CONNECTED);
  const desired = { revision: 3, tasks: [sampleTask({ everySeconds: 60 })], services: [], problems: [] };
  store.desired.save(desired);
  const schedule = [{ task: 'cleanup', rule: '', anchorAt: 1, plannedAt: 2 }];
  store.schedule.save(schedule);
  const units = { desired, schedule, services: [] };
  const expected = { connection: CONNECTED, held: 2, unreported: 1, recentJobs: [two, exited], ...units };
  expect(readAgentStore(stateDir)).toEqual({ running: true, ...expected });
  store.close();
  expect(readAgentStore(stateDir)).toEqual({ running: false, ...expected });
  expect(readAgentStore(stateDir, { jobLimit: 1 }).recentJobs).toEqual([two]);
});

test('an agent that has never run has nothing to show', () => {
  const stateDir = makeTempDir(onEnd);
  expect(readAgentStore(stateDir)).toEqual({
    running: false,
    connection: undefined,
    held: 0,
    unreported: 0,
    recentJobs: [],
    desired: undefined,
    schedule: [],
    services: [],
  });
  expect(readdirSync(stateDir)).toEqual([]);
});

test('an agent that is just being started for the first time has nothing to show yet', () => {
  const stateDir = makeTempDir(onEnd);
  writeFileSync(join(stateDir, 'state.db'), '');
  expect(readAgentStore(stateDir)).toMatchObject({ connection: undefined, recentJobs: [] });
});

test('a damaged journal says so', () => {
  const stateDir = makeTempDir(onEnd);
  writeFileSync(join(stateDir, 'state.db'), 'no database\n'.repeat(500));
  expect(() => readAgentStore(stateDir)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
});

test('the connection alone is seen while the agent runs', () => {
  const stateDir = makeTempDir(onEnd);
  expect(readConnection(stateDir)).toBeUndefined();
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  onEnd(() => store.close());
  expect(readConnection(stateDir)).toBeUndefined();
  store.connection.save(CONNECTED);
  expect(readConnection(stateDir)).toEqual(CONNECTED);
});

test('a connection in a damaged memory is told as that', () => {
  const stateDir = makeTempDir(onEnd);
  writeFileSync(join(stateDir, 'state.db'), 'no database at all, but long enough'.repeat(100));
  expect(() => readConnection(stateDir)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
});
