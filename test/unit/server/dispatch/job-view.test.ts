import { expect, test } from '@jest/globals';
import { validateJobView } from '../../../../src/protocol/generated/admin/jobs.js';
import { viewJob } from '../../../../src/server/dispatch/job-view.ts';
import type { JobRecord } from '../../../../src/store/server/job-store.ts';
import { NOON, jobRecord } from '../../../support/server-records.ts';

const SHOWN = {
  jobID: 'job-1',
  agentID: 'agent-1',
  hostname: 'web-1',
  filename: 'run.sh',
  executor: 'sh',
  argv: [],
  user: 'root',
  createdAt: '2026-11-23T12:00:00.000Z',
};

const DUE = { task: 'backup', dueAt: NOON / 1000, attempt: 1 };
const UPDATE = { updateTo: '1.2.3', updateFrom: '1.2.2' };

test.each<[string, Partial<JobRecord>, Record<string, unknown>]>([
  ['is queued', {}, { state: 'queued' }],
  [
    'is a run of a task',
    { assignment: { ...jobRecord().assignment, origin: DUE } },
    { state: 'queued', source: 'task', origin: DUE },
  ],
  [
    'is an update',
    { assignment: { ...jobRecord().assignment, origin: UPDATE } },
    { state: 'queued', source: 'update', origin: UPDATE },
  ],
  [
    'runs',
    { state: 'running', acceptedAt: NOON + 1 },
    { state: 'running', acceptedAt: '2026-11-23T12:00:00.001Z' },
  ],
  [
    'was finished by our agent',
    {
      state: 'finished',
      finishedAt: NOON + 9,
      result: {
        outcome: 'failed',
        exitCode: 3,
        signal: 'SIGTERM',
        reason: 'why',
        phaseTimes: { running: NOON / 1000 + 2, exited: NOON / 1000 + 3 },
        stdout: 'out',
        stderr: 'err',
        stdoutBytes: 3,
        stderrBytes: 3,
        reported: { secret: 'not shown' },
      },
    },
    {
      state: 'finished',
      finishedAt: '2026-11-23T12:00:00.009Z',
      outcome: 'failed',
      exitCode: 3,
      signal: 'SIGTERM',
      reason: 'why',
      phaseTimes: { running: NOON / 1000 + 2, exited: NOON / 1000 + 3 },
      startedAt: '2026-11-23T12:00:02.000Z',
      endedAt: '2026-11-23T12:00:03.000Z',
      stdout: 'out',
      stderr: 'err',
      stdoutBytes: 3,
      stderrBytes: 3,
    },
  ],
  [
    'was finished by a client of the original',
    {
      state: 'finished',
      result: { outcome: 'succeeded', timeStarted: '1795435201.5Z', timeEnded: '2026-11-23', reported: {} },
    },
    { state: 'finished', outcome: 'succeeded', startedAt: '2026-11-23T12:00:01.500Z' },
  ],
  [
    'was reported with times that no calendar has',
    {
      state: 'finished',
      result: { outcome: 'succeeded', phaseTimes: { running: 1e300, exited: 0 }, reported: {} },
    },
    {
      state: 'finished',
      outcome: 'succeeded',
      phaseTimes: { running: 1e300, exited: 0 },
      endedAt: '1970-01-01T00:00:00.000Z',
    },
  ],
])('a job that %s is shown with what is known', (_what, change, shown) => {
  const view = viewJob(jobRecord(change), 'web-1');
  expect(view).toEqual({ ...SHOWN, ...shown });
  expect(validateJobView(view)).toBe(true);
});
