import { describe, expect, test } from '@jest/globals';
import { canceledBeforeStart, failureOf } from '../../../../src/agent/jobs/job-failure.ts';
import type { ActiveJob, ActivePhase } from '../../../../src/agent/jobs/step.ts';
import { AppError, type ErrorCode } from '../../../../src/lib/errors.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';

const GOING_ON = new AbortController().signal;
const SHUTDOWN = AbortSignal.abort(new Stopped('shutdown'));
const CANCELED = AbortSignal.abort(new Stopped('job-canceled'));

function jobIn(phase: ActivePhase): ActiveJob {
  const assignment = sampleAssignment();
  return { jobID: assignment.jobID, assignment, phase, phaseTimes: {}, cancelRequested: false };
}

describe('what goes wrong in a phase is an outcome, with code and reason', () => {
  test.each<[ActivePhase, ErrorCode, string]>([
    ['accepted', 'SERVER_REFUSED', 'fetch-failed'],
    ['accepted', 'ARCHIVE_MISMATCH', 'fetch-failed'],
    ['accepted', 'ARCHIVE_TOO_LARGE', 'archive-rejected'],
    ['accepted', 'EXECUTOR_NOT_ALLOWED', 'refused'],
    ['accepted', 'UNSUPPORTED', 'refused'],
    ['accepted', 'NAME_INVALID', 'refused'],
    ['fetched', 'ARCHIVE_UNSAFE', 'archive-rejected'],
    ['fetched', 'MANIFEST_INVALID', 'archive-rejected'],
    ['fetched', 'PROGRAM_MISSING', 'archive-rejected'],
    ['fetched', 'STATE_UNWRITABLE', 'start-failed'],
    ['extracted', 'INTERPRETER_MISSING', 'start-failed'],
    ['running', 'SPAWN_FAILED', 'start-failed'],
  ])('%s, %s: %s', (phase, code, outcome) => {
    const error = new AppError(code, 'Cannot do it', { cause: new Error('for this reason') });
    expect(failureOf(jobIn(phase), error, GOING_ON)).toEqual({
      phase: 'exited',
      result: {
        outcome,
        errorCode: code,
        reason: 'Cannot do it: for this reason',
        stdoutBytes: 0,
        stderrBytes: 0,
      },
    });
  });

  test('also when nobody foresaw it', () => {
    expect(failureOf(jobIn('extracted'), new TypeError('x is not a function'), GOING_ON)).toMatchObject({
      result: { outcome: 'start-failed', errorCode: 'INTERNAL', reason: 'x is not a function' },
    });
  });
});

test.each<ActivePhase>(['accepted', 'fetched', 'extracted', 'running'])(
  'a cancellation in "%s" is what ended the job, whatever was thrown',
  (phase) => {
    expect(failureOf(jobIn(phase), new Error('connection reset'), CANCELED)).toEqual(canceledBeforeStart());
  },
);

test.each<ActivePhase>(['accepted', 'fetched', 'extracted'])(
  'a stop of the agent in "%s" is no outcome: the job goes on after the next start',
  (phase) => {
    expect(() => failureOf(jobIn(phase), SHUTDOWN.reason, SHUTDOWN)).toThrow(SHUTDOWN.reason as Error);
  },
);

test('a stop of the agent before the program has started, but after that was written, interrupts it', () => {
  expect(failureOf(jobIn('running'), SHUTDOWN.reason, SHUTDOWN)).toMatchObject({
    result: { outcome: 'interrupted' },
  });
});

test.each<ActivePhase>(['exited', 'reported'])('trouble in "%s" is left to whoever tries again', (phase) => {
  const error = new AppError('SERVER_UNREACHABLE', 'Nobody answers', { retryable: true });
  expect(() => failureOf(jobIn(phase), error, GOING_ON)).toThrow(error);
});
