import { beforeEach, describe, expect, test } from '@jest/globals';
import { JobEnds } from '../../../../src/server/dispatch/job-ends.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('JobEnds', () => {
  const onEnd = useCleanup();
  const job = jobRecord();
  const result = { outcome: 'succeeded', reported: {} } as const;
  let store: ServerStore;
  let ended: string[];
  let ends: JobEnds;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    ended = [];
    const clock = new SettableClock(NOON);
    ends = new JobEnds({ jobs: store.jobs, clock, onEnd: ({ jobID }) => ended.push(jobID) });
    await store.jobs.add(job);
  });

  test('take one result of a job, and tell of it once', async () => {
    const woken: string[] = [];
    ends.whenFinished('job-1', () => woken.push('first'));
    ends.whenFinished('job-1', () => woken.push('second'));
    expect([await ends.finish(job, result), await ends.finish(job, result)]).toEqual([true, false]);
    expect({ woken, ended }).toEqual({ woken: ['first', 'second'], ended: ['job-1'] });
  });

  test('have the result in the store before anybody is told', async () => {
    const states: Promise<string | undefined>[] = [];
    ends.whenFinished('job-1', () => states.push(store.jobs.get('job-1').then((found) => found?.state)));
    await ends.finish(job, result);
    expect(await Promise.all(states)).toEqual(['finished']);
  });

  test('do not tell who has called it off', async () => {
    const woken: string[] = [];
    const callOff = ends.whenFinished('job-1', () => woken.push('first'));
    ends.whenFinished('job-1', () => woken.push('second'));
    callOff();
    await ends.finish(job, result);
    callOff();
    expect(woken).toEqual(['second']);
  });

  test('conclude a job by themselves, reported as it was assigned', async () => {
    await ends.conclude(job, 'lost', 'gone');
    const { archive, ...reported } = job.assignment;
    expect(archive).toBeDefined();
    expect((await store.jobs.get('job-1'))?.result).toEqual({ outcome: 'lost', reason: 'gone', reported });
  });

  test('let go of all who wait when the server stops', () => {
    const woken: string[] = [];
    for (const jobID of ['job-1', 'job-2']) ends.whenFinished(jobID, () => woken.push(jobID));
    ends.close();
    expect(woken).toEqual(['job-1', 'job-2']);
  });
});
