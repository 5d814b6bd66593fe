import { describe, expect, test } from '@jest/globals';
import {
  mustBeginAnew,
  noteEnd,
  passDue,
  startableRun,
  wakeTimeOf,
  withClockSetBack,
  withRun,
} from '../../../../src/agent/schedule/schedule-rules.ts';
import type { TaskPlan } from '../../../../src/agent/schedule/task-plan.ts';
import type { JobOutcome } from '../../../../src/protocol/schemas/job.ts';
import type { Job } from '../../../../src/store/agent/job-journal.ts';
import type { TaskRecord } from '../../../../src/store/agent/schedule-store.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';

const HOUR = 3_600_000;
const RUN = { jobID: 'one', dueAt: 1000, attempt: 1, startedAt: 1000 };
const PLAN: TaskPlan = { kind: 'interval', next: (afterMs) => (Math.floor(afterMs / HOUR) + 1) * HOUR };

function record(more: Partial<TaskRecord> = {}): TaskRecord {
  return { task: 'cleanup', rule: '', anchorAt: 0, plannedAt: 0, ...more };
}

function exited(outcome: JobOutcome): Job {
  return {
    jobID: 'one',
    assignment: sampleAssignment(),
    phase: 'exited',
    phaseTimes: { exited: 5000 },
    cancelRequested: false,
    result: { outcome, stdoutBytes: 0, stderrBytes: 0 },
  };
}

describe('a due time that has come', () => {
  const due = record({ nextDue: HOUR });
  test.each([
    ['on time', HOUR, false, { waiting: { dueAt: HOUR, attempt: 1, notBefore: HOUR } }],
    ['a minute late', HOUR + 60_000, false, { waiting: { dueAt: HOUR, attempt: 1, notBefore: HOUR } }],
    ['later', HOUR + 60_001, false, { skipped: { dueAt: HOUR, why: 'missed' } }],
    ['later, but accepted', 3 * HOUR, true, { waiting: { dueAt: HOUR, attempt: 1, notBefore: HOUR } }],
  ] as const)('%s', (_, now, isInJournal, expected) => {
    const passed = passDue(due, { everySeconds: 3600 }, { plan: PLAN, now, isInJournal });
    expect(passed).toEqual({ ...record({ plannedAt: now }), nextDue: PLAN.next(now), ...expected });
  });

  test('takes the place of a retry', () => {
    const waiting = { dueAt: 5, attempt: 3, notBefore: 9 * HOUR };
    const passed = passDue(
      { ...due, waiting },
      { everySeconds: 3600 },
      { plan: PLAN, now: HOUR, isInJournal: false },
    );
    expect(passed.waiting).toEqual({ dueAt: HOUR, attempt: 1, notBefore: HOUR });
  });
});

describe('a run that has ended', () => {
  test.each([
    ['failed', true],
    ['timed-out', true],
    ['interrupted', true],
    ['succeeded', false],
    ['canceled', false],
    ['refused', false],
    ['archive-rejected', false],
  ] as const)('"%s" is retried: %s', (outcome, isRetried) => {
    const schedule = { everySeconds: 3600, retries: { limit: 1, backoffSeconds: 60 } };
    const noted = noteEnd(record({ run: RUN }), schedule, { job: exited(outcome), now: 6000 });
    expect(noted.run).toEqual({ ...RUN, endedAt: 5000, outcome });
    expect(noted.waiting).toEqual(isRetried ? { dueAt: 1000, attempt: 2, notBefore: 66_000 } : undefined);
  });

  test('is interrupted when the journal does not know it any more', () => {
    const noted = noteEnd(record({ run: RUN }), { everySeconds: 1 }, { job: undefined, now: 7 });
    expect(noted.run).toEqual({ ...RUN, endedAt: 7, outcome: 'interrupted' });
  });
});

test.each([
  ['interval', 60_000, false],
  ['interval', 60_001, true],
  ['recurring', 60_001, true],
  ['time-of-day', 3 * HOUR, false],
  ['time-of-day', 3 * HOUR + 1, true],
  ['once', 365 * 24 * HOUR, false],
] as const)('a plan of kind "%s" made %i ms ahead of now begins anew: %s', (kind, aheadMs, expected) => {
  expect(mustBeginAnew(record({ plannedAt: 1000 + aheadMs }), kind, 1000)).toBe(expected);
});

test('a clock set back moves intervals and waits with it, and leaves the times of a cron line', () => {
  const waiting = { dueAt: HOUR, attempt: 2, notBefore: 3 * HOUR };
  const before = record({ anchorAt: HOUR, plannedAt: 2 * HOUR, nextDue: 4 * HOUR, waiting });
  const waits = { waiting: { ...waiting, notBefore: 2 * HOUR } };
  expect(withClockSetBack(before, { cron: '0 * * * *' }, HOUR)).toEqual({ ...before, ...waits });
  expect(withClockSetBack(before, { everySeconds: 1 }, HOUR)).toEqual({
    ...before,
    ...waits,
    anchorAt: 0,
    plannedAt: HOUR,
    nextDue: 3 * HOUR,
  });
});

test('what waits starts at its time, once, and not beside a run', () => {
  const waiting = { dueAt: 10, attempt: 2, notBefore: 20 };
  expect(startableRun(record({ waiting }), 19)).toBeUndefined();
  expect(startableRun(record({ waiting }), 20)).toEqual(waiting);
  expect(startableRun(record({ waiting, run: RUN }), 20)).toBeUndefined();
  const started = withRun(record({ waiting }), 'two', 20);
  expect(started).toEqual(record({ run: { jobID: 'two', dueAt: 10, attempt: 2, startedAt: 20 } }));
  expect(startableRun(started, 20)).toBeUndefined();
});

test('wakes for the first of due time and wait; a run that is going ends the wait by itself', () => {
  const waiting = { dueAt: 10, attempt: 2, notBefore: 20 };
  expect(wakeTimeOf(record())).toBe(Infinity);
  expect(wakeTimeOf(record({ nextDue: 30, waiting }))).toBe(20);
  expect(wakeTimeOf(record({ nextDue: 30, waiting, run: RUN }))).toBe(30);
});
