import { describe, expect, test } from '@jest/globals';
import type { JobAssignment } from '../../../../src/protocol/schemas/job.ts';
import { MAX_PUSH_BYTES, originalFields, packPushes } from '../../../../src/server/dispatch/pushes.ts';
import { jobRecord } from '../../../support/server-records.ts';

const { assignment } = jobRecord();

describe('originalFields', () => {
  test('are the eight of the original in its order, without what is ours', () => {
    const shuffled = Object.fromEntries(
      Object.entries({ ...assignment, timeoutSeconds: 5 }).reverse(),
    ) as unknown as JobAssignment;
    expect(Object.keys(originalFields(shuffled))).toEqual([
      'jobID',
      'executor',
      'filename',
      'description',
      'os',
      'user',
      'timeCreated',
      'argv',
    ]);
  });

  test('are absent where they are unset, never null', () => {
    const { jobID, executor, filename } = assignment;
    expect(JSON.stringify(originalFields({ jobID, executor, filename }))).toBe(
      '{"jobID":"job-1","executor":"sh","filename":"run.sh"}',
    );
  });
});

describe('packPushes', () => {
  const job = (jobID: string, argument = ''): JobAssignment => ({ ...assignment, jobID, argv: [argument] });

  test('makes no frame of nothing', () => {
    expect([...packPushes([])]).toEqual([]);
  });

  test('puts small jobs into one frame, in their order', () => {
    const jobs = [job('a'), job('b')];
    expect([...packPushes(jobs)]).toEqual([{ jobIDs: ['a', 'b'], frame: JSON.stringify({ jobs }) }]);
  });

  test('begins a new frame before one grows too large, counting bytes and not characters', () => {
    const third = 'é'.repeat(MAX_PUSH_BYTES / 6);
    const pushes = [...packPushes(['a', 'b', 'c', 'd', 'e'].map((jobID) => job(jobID, third)))];
    expect(pushes.map(({ jobIDs }) => jobIDs)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    for (const { frame } of pushes) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(MAX_PUSH_BYTES + 20);
  });

  test('sends a job that is too large alone, whole', () => {
    const large = job('large', 'x'.repeat(3 * MAX_PUSH_BYTES));
    const pushes = [...packPushes([job('a'), large, job('b')])];
    expect(pushes.map(({ jobIDs }) => jobIDs)).toEqual([['a'], ['large'], ['b']]);
    expect(JSON.parse(pushes[1]?.frame ?? '')).toEqual({ jobs: [large] });
  });
});
