import { expect, test } from '@jest/globals';
import { toJob } from '../../../../src/store/agent/job-rows.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';

const assignment = sampleAssignment();
const ROW = {
  seq: 1,
  jobID: assignment.jobID,
  phase: 'exited',
  phaseTimes: '{"accepted":1,"exited":5}',
  cancelRequested: 1,
  assignment: JSON.stringify(assignment),
  result: '{"outcome":"canceled","stdoutBytes":0,"stderrBytes":0}',
  cleanedAt: null,
};

test('a row is a job', () => {
  expect(toJob(ROW)).toEqual({
    jobID: assignment.jobID,
    assignment,
    phase: 'exited',
    phaseTimes: { accepted: 1, exited: 5 },
    cancelRequested: true,
    result: { outcome: 'canceled', stdoutBytes: 0, stderrBytes: 0 },
  });
  expect(toJob({ ...ROW, result: null })).not.toHaveProperty('result');
});

test.each([
  ['an unknown phase', { phase: 'flying' }, 'The phase "flying" is unknown'],
  ['phase times that are none', { phaseTimes: '{"accepted":"noon"}' }, 'The phase times are not numbers'],
  ['cut JSON', { phaseTimes: '{"acc' }, 'The phase times cannot be read'],
  [
    'an assignment with a path in it',
    { assignment: '{"jobID":"a","executor":"sh","filename":"../x"}' },
    'filename',
  ],
  [
    'an unknown outcome',
    { result: '{"outcome":"won","stdoutBytes":0,"stderrBytes":0}' },
    'The result is not one',
  ],
  ['a result without counts', { result: '{"outcome":"failed"}' }, 'The result is not one'],
  ['a result that is a number', { result: '7' }, 'The result cannot be read'],
])('a row with %s is not let in', (_, change, problem) => {
  expect(() => toJob({ ...ROW, ...change })).toThrow(
    expect.objectContaining({ code: 'STATE_CORRUPT', message: expect.stringContaining(problem) }),
  );
});
