import { expect, test } from '@jest/globals';
import { JOB_PHASES, type Job, type JobPhase } from '../../../../src/store/agent/job-journal.ts';
import { changed, isCancelable, isHeld, startedOver } from '../../../../src/store/agent/job-transition.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';

function jobIn(phase: JobPhase): Job {
  const assignment = sampleAssignment();
  return { jobID: assignment.jobID, assignment, phase, phaseTimes: { accepted: 1 }, cancelRequested: false };
}

function isAllowed(change: () => unknown): boolean {
  try {
    change();
    return true;
  } catch {
    return false;
  }
}

test('of all pairs of phases, only those that go on are allowed', () => {
  const allowed = JOB_PHASES.flatMap((from) =>
    JOB_PHASES.filter((to) => isAllowed(() => changed(jobIn(from), { phase: to }, 2))).map((to) => [
      from,
      to,
    ]),
  );
  const onward = JOB_PHASES.flatMap((from, index) => JOB_PHASES.slice(index + 1).map((to) => [from, to]));
  expect(allowed).toEqual(onward);
});

test.each<[string, (job: Job) => boolean, readonly JobPhase[]]>([
  ['canceled', isCancelable, ['accepted', 'fetched', 'extracted', 'running']],
  ['held', isHeld, ['accepted', 'fetched', 'extracted', 'running', 'exited']],
  ['started over', (job) => isAllowed(() => startedOver(job)), ['fetched', 'extracted']],
])('a job can be %s in the phases for which that makes sense', (_, can, phases) => {
  expect(JOB_PHASES.filter((phase) => can(jobIn(phase)))).toEqual(phases);
});
