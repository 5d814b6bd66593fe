import { expect, test } from '@jest/globals';
import { updateAssignment, updateUnderWay } from '../../../../../src/agent/update/job/update-job.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { validateJobAssignment } from '../../../../../src/protocol/generated/job.js';
import { MemoryJobJournal } from '../../../../support/memory-job-journal.ts';
import { sampleAssignment } from '../../../../support/sample-assignment.ts';

const ORIGIN = { updateTo: '1.1.0', updateFrom: '1.0.0' };
const ASSIGNMENT = updateAssignment(ORIGIN, { jobID: 'update', now: 0 });

test('it is a job like any other', () => {
  expect(validateJobAssignment(ASSIGNMENT)).toBe(true);
});

test('is found among other jobs, until it has ended', () => {
  const journal = new MemoryJobJournal(systemClock);
  journal.accept([sampleAssignment({ jobID: 'other' }), ASSIGNMENT]);
  const update = updateUnderWay(journal);
  expect(update).toMatchObject({ job: { jobID: 'update' }, origin: ORIGIN });
  const result = { outcome: 'succeeded', stdoutBytes: 0, stderrBytes: 0 } as const;
  if (update !== undefined) journal.commit(update.job, { phase: 'exited', result });
  expect(updateUnderWay(journal)).toBeUndefined();
});
