import { beforeEach, describe, expect, test } from '@jest/globals';
import { Checkins } from '../../../../src/server/dispatch/checkins.ts';
import { Dispatcher } from '../../../../src/server/dispatch/dispatcher.ts';
import { JobEnds } from '../../../../src/server/dispatch/job-ends.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, SHA256, agentRecord, libraryRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('Dispatcher', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let said: string[];
  let ends: JobEnds;
  let dispatcher: Dispatcher;

  beforeEach(async () => {
    const clock = new SettableClock(NOON);
    store = openTestStore(onEnd);
    const { agents, library, jobs } = store;
    await agents.add(agentRecord());
    await library.add(libraryRecord());
    said = [];
    const checkins = new Checkins();
    checkins.add('agent-1', {
      wake: () => said.push('wake'),
      cancel: (jobIDs) => said.push(`cancel ${jobIDs.join()}`),
      follow: ({ service }) => said.push(`follow ${service}`),
      refuse: (reason) => said.push(`refuse ${reason}`),
    });
    ends = new JobEnds({ jobs, clock, onEnd: () => undefined });
    dispatcher = new Dispatcher({ agents, library, jobs, ends, checkins, clock });
  });

  const assign = async (change = {}): Promise<string> =>
    await dispatcher.assign({ agentID: 'agent-1', filename: 'run.sh', argv: ['a'], ...change }, 'root');
  const accept = async (jobID: string): Promise<unknown> =>
    await store.jobs.accept('agent-1', [jobID], { at: NOON, survivesPowerCut: true });

  test('queues what the library says, by value, and wakes the agent', async () => {
    const jobID = await assign();
    expect(await store.jobs.get(jobID)).toEqual({
      jobID,
      agentID: 'agent-1',
      state: 'queued',
      createdAt: NOON,
      assignment: {
        jobID,
        executor: 'sh',
        filename: 'run.sh',
        description: 'Runs',
        os: 'linux',
        user: 'root',
        timeCreated: '1795435200.000Z',
        argv: ['a'],
        archive: { sha256: SHA256, size: 7 },
      },
    });
    expect(said).toEqual(['wake']);
  });

  test.each([
    ['the one asked for', 60, { timeoutSeconds: 5 }, 5],
    ['the library’s when none is asked for', 60, {}, 60],
    ['none when nobody says one', undefined, {}, undefined],
  ])('gives the job a timeout: %s', async (_what, inLibrary, request, expected) => {
    const limit = inLibrary === undefined ? {} : { timeoutSeconds: inLibrary };
    await store.library.add(libraryRecord({ filename: 'limited.sh', ...limit }));
    const jobID = await assign({ filename: 'limited.sh', ...request });
    expect((await store.jobs.get(jobID))?.assignment.timeoutSeconds).toBe(expected);
  });

  test('ends a queued job without the agent, which may have been pushed it all the same', async () => {
    const jobID = await assign();
    expect(await dispatcher.cancel(jobID)).toBe('canceled');
    expect(await store.jobs.get(jobID)).toMatchObject({ state: 'finished', result: { outcome: 'canceled' } });
    expect(said).toEqual(['wake', `cancel ${jobID}`]);
  });

  test('asks the agent to end a job that it has, and remembers having been asked', async () => {
    const jobID = await assign();
    await accept(jobID);
    expect(await dispatcher.cancel(jobID)).toBe('requested');
    expect(await store.jobs.get(jobID)).toMatchObject({ state: 'accepted', cancelRequestedAt: NOON });
    expect(said).toEqual(['wake', `cancel ${jobID}`]);
  });

  test('cannot take back what an agent of the original has', async () => {
    await store.agents.seen('agent-1', { protocol: 1, at: NOON });
    const jobID = await assign();
    await accept(jobID);
    await expect(dispatcher.cancel(jobID)).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
    expect((await store.jobs.get(jobID))?.cancelRequestedAt).toBeUndefined();
  });

  test('shows a revoked agent out and ends all that it had', async () => {
    const [queued, taken] = [await assign(), await assign()];
    await accept(taken);
    await dispatcher.expel('agent-1');
    expect(said.at(-1)).toBe('refuse agent ID not found, please check ID or register');
    expect((await store.jobs.get(queued))?.result).toMatchObject({ outcome: 'canceled' });
    expect((await store.jobs.get(taken))?.result).toMatchObject({
      outcome: 'lost',
      reason: 'the agent was revoked',
    });
  });

  describe('waiting for the end of a job', () => {
    const never = new AbortController().signal;

    test('ends with the result in the same turn as it is recorded', async () => {
      const jobID = await assign();
      const waiting = dispatcher.waitUntilFinished(jobID, 60_000, never);
      await new Promise(setImmediate); // it has looked at the store by now
      const job = await store.jobs.get(jobID);
      let isAnswered = false;
      void waiting.then(() => (isAnswered = true));
      if (job !== undefined) await ends.finish(job, { outcome: 'succeeded', reported: {} });
      await new Promise(setImmediate);
      expect(isAnswered).toBe(true);
      expect(await waiting).toMatchObject({ state: 'finished', result: { outcome: 'succeeded' } });
    });

    test.each([
      ['when the time is over', 5, never],
      ['when nobody listens any more', 60_000, AbortSignal.timeout(20)],
      ['when nobody listened in the first place', 60_000, AbortSignal.abort()],
    ])('ends with the job as it is %s', async (_when, waitMs, signal) => {
      const jobID = await assign();
      expect(await dispatcher.waitUntilFinished(jobID, waitMs, signal)).toMatchObject({ state: 'queued' });
    });

    test('ends when the server stops', async () => {
      const jobID = await assign();
      const waiting = dispatcher.waitUntilFinished(jobID, 60_000, never);
      await new Promise(setImmediate);
      ends.close();
      expect(await waiting).toMatchObject({ state: 'queued' });
    });

    test('does not begin for a job that has finished or is not there', async () => {
      const jobID = await assign();
      await dispatcher.cancel(jobID);
      expect(await dispatcher.waitUntilFinished(jobID, 60_000, never)).toMatchObject({ state: 'finished' });
      expect(await dispatcher.waitUntilFinished('none', 60_000, never)).toBeUndefined();
    });
  });
});
