import { expect, test } from '@jest/globals';
import { standingOf } from '../../../../../src/agent/update/job/settle-update.ts';
import {
  initialState,
  proven,
  reinstalled,
  switched,
  turnedBack,
} from '../../../../../src/agent/update/switch/switch-state.ts';
import type { Job, JobPhase } from '../../../../../src/store/agent/job-journal.ts';
import { sampleAssignment } from '../../../../support/sample-assignment.ts';

const BEFORE = initialState('1.0.0');
const ON_PROBATION = switched(BEFORE, { version: '1.1.0', jobID: 'job-1', at: 1 });
const FAILED = turnedBack(ON_PROBATION, { reason: 'It hung', at: 2 });
const SUCCEEDED = { outcome: 'succeeded', exitCode: 0 };
const INTERRUPTED = { outcome: 'interrupted', reason: 'Another version was installed meanwhile: 1.3.0' };

test.each([
  ['accepted', BEFORE, { kind: 'ahead' }],
  ['extracted', BEFORE, { kind: 'ahead' }],
  ['extracted', ON_PROBATION, { kind: 'on-probation' }],
  ['running', ON_PROBATION, { kind: 'on-probation' }],
  ['running', proven(ON_PROBATION), { kind: 'ended', ending: SUCCEEDED }],
  ['running', FAILED, { kind: 'ended', ending: { outcome: 'failed', reason: 'It hung' } }],
  ['running', reinstalled(ON_PROBATION, '1.3.0'), { kind: 'ended', ending: INTERRUPTED }],
  ['fetched', reinstalled(BEFORE, '1.1.0'), { kind: 'ended', ending: SUCCEEDED }],
] as const)('a job that is %s, with %j', (phase, state, standing) => {
  expect(
    standingOf({ job: jobIn(phase), origin: { updateTo: '1.1.0', updateFrom: '1.0.0' } }, state),
  ).toEqual(standing);
});

function jobIn(phase: JobPhase): Job {
  return { jobID: 'job-1', assignment: sampleAssignment(), phase, phaseTimes: {}, cancelRequested: false };
}
