import { expect, test } from '@jest/globals';
import { assignmentOf, jobIDOf } from '../../../../src/agent/schedule/task-run.ts';
import { validateJobAssignment } from '../../../../src/protocol/generated/job.js';
import { sampleTask } from '../../../support/sample-task.ts';

const RECORD = { task: 'cleanup', rule: '', anchorAt: 1, plannedAt: 1 };
const DUE = { dueAt: 1000, attempt: 1 };

test('one run has one ID, and no other run has it', () => {
  const ids = [
    jobIDOf('agent-1', RECORD, DUE),
    jobIDOf('agent-2', RECORD, DUE),
    jobIDOf('agent-1', { ...RECORD, task: 'backup' }, DUE),
    jobIDOf('agent-1', { ...RECORD, anchorAt: 2 }, DUE),
    jobIDOf('agent-1', RECORD, { ...DUE, dueAt: 1001 }),
    jobIDOf('agent-1', RECORD, { ...DUE, attempt: 2 }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(jobIDOf('agent-1', { ...RECORD, plannedAt: 9 }, DUE)).toBe(ids[0]);
});

test('its assignment is a valid one', () => {
  const assignment = assignmentOf(sampleTask({ everySeconds: 1 }), jobIDOf('agent-1', RECORD, DUE), DUE);
  expect(validateJobAssignment(assignment)).toBe(true);
});
