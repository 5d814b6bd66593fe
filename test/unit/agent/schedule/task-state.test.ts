import { expect, test } from '@jest/globals';
import { brokenTask, skipSentence, taskState } from '../../../../src/agent/schedule/task-state.ts';
import { validateUnitState } from '../../../../src/protocol/generated/desired.js';
import { sampleTask } from '../../../support/sample-task.ts';

const SPEC = sampleTask({ everySeconds: 60 });
const COMMON = { name: 'cleanup', kind: 'task', archive: SPEC.archive.sha256 };
const RECORD = { task: 'cleanup', rule: '', anchorAt: 0, plannedAt: 0 };
const RUN = { jobID: 'one', dueAt: 1000, attempt: 1, startedAt: 2000 };

test.each([
  ['has just come', undefined, { state: 'idle', since: '1970-01-01T00:00:09.000Z' }],
  [
    'has not run yet',
    { ...RECORD, nextDue: 60_000 },
    { state: 'idle', since: '1970-01-01T00:00:00.000Z', nextRun: '1970-01-01T00:01:00.000Z' },
  ],
  [
    'runs',
    { ...RECORD, run: RUN },
    { state: 'running', since: '1970-01-01T00:00:02.000Z', lastRun: '1970-01-01T00:00:02.000Z' },
  ],
  [
    'has run',
    { ...RECORD, run: { ...RUN, endedAt: 3000, outcome: 'failed' } },
    {
      state: 'idle',
      since: '1970-01-01T00:00:03.000Z',
      lastRun: '1970-01-01T00:00:02.000Z',
      lastOutcome: 'failed',
    },
  ],
  [
    'will never run',
    { ...RECORD, skipped: { dueAt: 1000, why: 'missed' } },
    {
      state: 'idle',
      since: '1970-01-01T00:00:00.000Z',
      problem: skipSentence({ dueAt: 1000, why: 'missed' }),
    },
  ],
] as const)('a task that %s', (_, record, expected) => {
  const state = taskState(SPEC, record, 9000);
  expect(state).toEqual({ ...COMMON, ...expected });
  expect(validateUnitState(state)).toBe(true);
});

test('a task that cannot be kept says why', () => {
  const expected = { state: 'broken', problem: 'No zone', since: '1970-01-01T00:00:00.000Z' };
  expect(brokenTask(SPEC, 'No zone', 0)).toEqual({ ...COMMON, ...expected });
});
