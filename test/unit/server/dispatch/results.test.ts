import { beforeEach, describe, expect, test } from '@jest/globals';
import { JobEnds } from '../../../../src/server/dispatch/job-ends.ts';
import type { Report } from '../../../../src/server/dispatch/report-form.ts';
import { Results } from '../../../../src/server/dispatch/results.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('Results', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let results: Results;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    const clock = new SettableClock(NOON);
    const ends = new JobEnds({ jobs: store.jobs, clock, onEnd: () => undefined });
    results = new Results({ jobs: store.jobs, ends, clock });
    for (const jobID of ['older', 'newer', 'queued']) await store.jobs.add(jobRecord({ jobID }));
    await store.jobs.add(jobRecord({ jobID: 'foreign', agentID: 'agent-2' }));
    await store.jobs.accept('agent-1', ['older', 'newer'], { at: NOON, survivesPowerCut: true });
    await store.jobs.accept('agent-2', ['foreign'], { at: NOON, survivesPowerCut: true });
  });

  const report = (change: Partial<Report>): Report => ({
    jobID: undefined,
    filename: 'run.sh',
    isDetailed: false,
    result: { outcome: 'succeeded', reported: {} },
    ...change,
  });
  const finished = async (): Promise<string[]> =>
    (await store.jobs.list({ states: ['finished'] })).map(({ jobID }) => jobID);

  test.each<[string, Partial<Report>, string, string[]]>([
    ['by its ID', { jobID: 'newer' }, 'recorded', ['newer']],
    ['by its ID, whatever the name', { jobID: 'newer', filename: 'x' }, 'recorded', ['newer']],
    ['by its name, the oldest first', {}, 'recorded', ['older']],
    ['by its name when the ID is nobody’s', { jobID: 'unheard-of' }, 'recorded', ['older']],
    ['by its name when the ID is another agent’s', { jobID: 'foreign' }, 'recorded', ['older']],
    ['not by another name', { filename: 'x' }, 'no-match', []],
    ['not while it is queued', { jobID: 'queued' }, 'no-match', []],
    [
      'while it is queued, from our own agent: its ack was lost',
      { jobID: 'queued', isDetailed: true },
      'recorded',
      ['queued'],
    ],
    ['not by its name from our own agent', { isDetailed: true, jobID: 'unheard-of' }, 'no-match', []],
  ])('a job is found %s', async (_how, change, recorded, jobIDs) => {
    expect(await results.record('agent-1', report(change))).toBe(recorded);
    expect(await finished()).toEqual(jobIDs);
  });

  test.each([
    ['an error to the original', false, 'no-match'],
    ['confirmed to our own agent', true, 'repeated'],
  ])(
    'a repeated report is %s, and takes no other job of the same name',
    async (_what, isDetailed, recorded) => {
      const first = report({ jobID: 'newer', isDetailed });
      expect([await results.record('agent-1', first), await results.record('agent-1', first)]).toEqual([
        'recorded',
        recorded,
      ]);
      expect(await finished()).toEqual(['newer']);
    },
  );

  test('of two reports at the same moment one is recorded', async () => {
    const twice = report({ jobID: 'newer', isDetailed: true });
    const recorded = await Promise.all([results.record('agent-1', twice), results.record('agent-1', twice)]);
    expect(recorded.sort()).toEqual(['recorded', 'repeated']);
  });

  test('the oldest taken job of a name is the one to download', async () => {
    expect(await results.findTaken('agent-1', 'run.sh')).toMatchObject({ jobID: 'older' });
    expect(await results.findTaken('agent-1', 'other.sh')).toBeUndefined();
    expect(await results.findTaken('agent-3', 'run.sh')).toBeUndefined();
  });

  describe('a job that the endpoint put into its journal itself', () => {
    const origin = { task: 'backup', dueAt: NOON / 1000, attempt: 1 };
    const ownJob = { jobID: 'own', executor: 'sh', filename: 'run.sh', origin };
    const own = (accepted?: number): Report =>
      report({
        jobID: 'own',
        isDetailed: true,
        ownJob,
        result: {
          outcome: 'failed',
          exitCode: 3,
          stdout: 'out',
          phaseTimes: { ...(accepted && { accepted }) },
          reported: {},
        },
      });

    test('is there, finished, once it is reported', async () => {
      expect(await results.record('agent-1', own(NOON / 1000 - 60.5))).toBe('recorded');
      expect(await store.jobs.get('own')).toEqual({
        jobID: 'own',
        agentID: 'agent-1',
        assignment: ownJob,
        state: 'finished',
        createdAt: NOON - 60_500,
        finishedAt: NOON,
        result: own(NOON / 1000 - 60.5).result,
      });
    });

    test('is there once, however often it is reported', async () => {
      const recorded = await Promise.all([
        results.record('agent-1', own()),
        results.record('agent-1', own()),
      ]);
      recorded.push(await results.record('agent-1', own()));
      expect(recorded.sort()).toEqual(['recorded', 'repeated', 'repeated']);
      expect(await finished()).toEqual(['own']);
    });

    test('is not that of another agent', async () => {
      await results.record('agent-1', own());
      expect(await results.record('agent-2', own())).toBe('no-match');
      expect(await store.jobs.get('own')).toMatchObject({ agentID: 'agent-1' });
    });

    test.each([
      ['of a clock that is ahead', 1e300, NOON],
      ['of a clock before the epoch', -5, 0],
      ['that is not there', undefined, NOON],
    ])('has a time that can be, also with one %s', async (_what, accepted, createdAt) => {
      await results.record('agent-1', own(accepted));
      expect(await store.jobs.get('own')).toMatchObject({ createdAt });
    });
  });
});
