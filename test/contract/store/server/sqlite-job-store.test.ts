import { describe, expect, test } from '@jest/globals';
import type { JobRecord, JobResultRecord, JobStore } from '../../../../src/store/server/job-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, jobRecord, openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();
const RESULT_WITHOUT_OUTPUT: JobResultRecord = {
  outcome: 'failed',
  exitCode: -3,
  reason: 'It did not work',
  timeEnded: '1795435200.500Z',
  stdoutBytes: 9,
  phaseTimes: { accepted: 1, running: 2.5 },
  reported: { filename: 'run.sh', exitCode: -3 },
};
const RESULT: JobResultRecord = { ...RESULT_WITHOUT_OUTPUT, stdout: 'out\u0000\u001b ☃', stderr: '' };

async function open(...jobs: Partial<JobRecord>[]): Promise<JobStore> {
  const store = openTestStore(onEnd).jobs;
  for (const job of jobs) await store.add(jobRecord(job));
  return store;
}

function ids(jobs: readonly JobRecord[]): string[] {
  return jobs.map(({ jobID }) => jobID);
}

test('a job is found as it was added', async () => {
  const store = await open({ jobID: 'a' });
  expect([await store.get('a'), await store.get('b')]).toEqual([jobRecord({ jobID: 'a' }), undefined]);
});

test('a job ID is used once', async () => {
  const store = await open({ jobID: 'a' });
  await expect(store.add(jobRecord({ jobID: 'a', agentID: 'other' }))).rejects.toThrow();
});

test('an agent’s last update is the one of its changes of version that ended last', async () => {
  const { assignment } = jobRecord();
  const to = (updateTo: string) => ({ ...assignment, origin: { updateTo, updateFrom: '1.0.0' } });
  const store = await open(
    { jobID: 'older', assignment: to('1.1.0') },
    { jobID: 'newer', assignment: to('1.2.0') },
    { jobID: 'under way', assignment: to('1.3.0') },
    { jobID: 'no update' },
    { jobID: 'foreign', agentID: 'agent-2', assignment: to('1.4.0') },
  );
  const ends = { newer: NOON + 1, older: NOON, 'no update': NOON + 2, foreign: NOON + 3 };
  for (const [jobID, at] of Object.entries(ends)) await store.finish(jobID, RESULT, at);
  expect(await store.lastUpdate('agent-1')).toMatchObject({ jobID: 'newer', result: RESULT_WITHOUT_OUTPUT });
  expect(await store.lastUpdate('agent-3')).toBeUndefined();
});

describe('the queue of an agent', () => {
  test('is what nobody has accepted, oldest first, whatever the clock did', async () => {
    const store = await open(
      { jobID: 'a', createdAt: NOON + 5 },
      { jobID: 'other', agentID: 'agent-2' },
      { jobID: 'b', createdAt: NOON },
      { jobID: 'c' },
    );
    await store.accept('agent-1', ['c'], { at: NOON, survivesPowerCut: true });
    expect(ids(await store.queued('agent-1'))).toEqual(['a', 'b']);
  });

  test('is accepted job by job: only what is queued and the agent’s own', async () => {
    const store = await open({ jobID: 'a' }, { jobID: 'b' }, { jobID: 'foreign', agentID: 'agent-2' });
    const first = await store.accept('agent-1', ['b', 'foreign', 'unknown'], {
      at: NOON + 1,
      survivesPowerCut: true,
    });
    const second = await store.accept('agent-1', ['a', 'b'], { at: NOON + 2, survivesPowerCut: false });
    expect([first, second, await store.get('b'), await store.get('foreign')]).toEqual([
      ['b'],
      ['a'],
      jobRecord({ jobID: 'b', state: 'accepted', acceptedAt: NOON + 1 }),
      jobRecord({ jobID: 'foreign', agentID: 'agent-2' }),
    ]);
  });
});

describe('a phase', () => {
  test.each([
    ['a later one counts', ['fetched', 'running'], 'running'],
    ['a late one changes nothing', ['exited', 'extracted'], 'exited'],
    ['a doubled one changes nothing', ['running', 'running'], 'running'],
    ['one before the ack counts too', ['queued', 'fetched'], 'fetched'],
  ] as const)('%s', async (_what, announced, state) => {
    const store = await open({ jobID: 'a' });
    for (const phase of announced) await store.advance('agent-1', 'a', phase);
    expect((await store.get('a'))?.state).toBe(state);
  });

  test('of another agent’s job changes nothing', async () => {
    const store = await open({ jobID: 'a' });
    await store.advance('agent-2', 'a', 'running');
    expect(await store.get('a')).toEqual(jobRecord({ jobID: 'a' }));
  });

  test('after the result changes nothing', async () => {
    const store = await open({ jobID: 'a' });
    await store.finish('a', RESULT, NOON);
    await store.advance('agent-1', 'a', 'exited');
    expect((await store.get('a'))?.state).toBe('finished');
  });
});

describe('the result', () => {
  test('comes from any state and is kept whole', async () => {
    const store = await open({ jobID: 'a' });
    expect(await store.finish('a', RESULT, NOON + 7)).toBe(true);
    expect(await store.get('a')).toEqual(
      jobRecord({ jobID: 'a', state: 'finished', finishedAt: NOON + 7, result: RESULT }),
    );
  });

  test('comes once: another one is refused and changes nothing', async () => {
    const store = await open({ jobID: 'a' });
    await store.finish('a', RESULT, NOON);
    const again = await store.finish('a', { outcome: 'lost', reported: {} }, NOON + 1);
    expect([again, await store.get('a')]).toEqual([
      false,
      jobRecord({ jobID: 'a', state: 'finished', finishedAt: NOON, result: RESULT }),
    ]);
  });

  test('of an unknown job is refused', async () => {
    expect(await (await open()).finish('none', RESULT, NOON)).toBe(false);
  });

  test('without output stays without output', async () => {
    const store = await open({ jobID: 'a' });
    await store.finish('a', RESULT_WITHOUT_OUTPUT, NOON);
    expect((await store.get('a'))?.result).toEqual(RESULT_WITHOUT_OUTPUT);
  });
});

describe('a wish to cancel', () => {
  test('is remembered with its first time', async () => {
    const store = await open({ jobID: 'a' });
    await store.requestCancel('a', NOON + 1);
    await store.requestCancel('a', NOON + 2);
    expect(await store.get('a')).toEqual(jobRecord({ jobID: 'a', cancelRequestedAt: NOON + 1 }));
  });

  test('comes too late for a finished job', async () => {
    const store = await open({ jobID: 'a' });
    await store.finish('a', RESULT, NOON);
    await store.requestCancel('a', NOON);
    expect((await store.get('a'))?.cancelRequestedAt).toBeUndefined();
  });
});

describe('a list', () => {
  async function openFleet(): Promise<JobStore> {
    const store = await open(
      { jobID: 'q1' },
      { jobID: 'f1' },
      { jobID: 'q2', agentID: 'agent-2' },
      { jobID: 'r1' },
      { jobID: 'f2', agentID: 'agent-2' },
      { jobID: 'f3' },
    );
    await store.advance('agent-1', 'r1', 'running');
    await store.finish('f3', RESULT, NOON + 1);
    await store.finish('f2', RESULT, NOON + 2);
    await store.finish('f1', RESULT, NOON + 3);
    return store;
  }

  test.each([
    [{}, ['f3', 'f2', 'r1', 'q2', 'f1', 'q1']],
    [{ limit: 2 }, ['f3', 'f2']],
    [{ limit: 0 }, []],
    [{ agentID: 'agent-2' }, ['f2', 'q2']],
    [{ states: ['queued', 'running'] }, ['r1', 'q2', 'q1']],
    [{ states: ['finished'], agentID: 'agent-1' }, ['f3', 'f1']],
    [{ states: [] }, []],
    [{ agentID: 'agent-2', states: ['queued', 'finished'], limit: 1 }, ['f2']],
    [{ finishedSince: NOON + 2 }, ['f2', 'f1']],
    [{ finishedSince: NOON, limit: 2 }, ['f2', 'f1']],
    [{ finishedSince: NOON + 2, agentID: 'agent-1' }, ['f1']],
    [{ finishedSince: NOON, states: ['queued'] }, []],
    [{ agentID: 'nobody' }, []],
  ] as const)('of %j holds, newest first, %j', async (filter, expected) => {
    expect(ids(await (await openFleet()).list(filter))).toEqual(expected);
  });

  test('leaves the outputs out unless they are asked for', async () => {
    const store = await openFleet();
    const filter = { states: ['finished'], agentID: 'agent-2' } as const;
    const [without] = await store.list(filter);
    const [withOutput] = await store.list({ ...filter, withOutput: true });
    expect([without?.result, withOutput?.result]).toEqual([RESULT_WITHOUT_OUTPUT, RESULT]);
  });
});

test('unfinished jobs are counted by agent, and agents without any are absent', async () => {
  const store = await open(
    { jobID: 'a' },
    { jobID: 'b' },
    { jobID: 'c', agentID: 'agent-2' },
    { jobID: 'd', agentID: 'agent-3' },
  );
  await store.advance('agent-1', 'b', 'running');
  await store.finish('d', RESULT, NOON);
  expect(await store.countPending()).toEqual(
    new Map([
      ['agent-1', 2],
      ['agent-2', 1],
    ]),
  );
});

test('old results are pruned with their outputs, however many; unfinished jobs stay', async () => {
  const old = Array.from({ length: 450 }, (_, index) => ({ jobID: `old-${index}` }));
  const store = await open(...old, { jobID: 'waiting' }, { jobID: 'young' });
  for (const { jobID } of old) await store.finish(jobID, RESULT, NOON - 1);
  await store.finish('young', RESULT, NOON);
  expect([await store.prune(NOON), await store.prune(NOON), ids(await store.list({}))]).toEqual([
    450,
    0,
    ['young', 'waiting'],
  ]);
  await store.add(jobRecord({ jobID: 'old-0' }));
  expect(await store.finish('old-0', RESULT, NOON)).toBe(true);
});

test('a job that comes finished is there as if it had gone all the way, once', async () => {
  const store = await open({ jobID: 'a' });
  const finished = {
    ...jobRecord({ jobID: 'b', acceptedAt: NOON + 1 }),
    state: 'finished',
    finishedAt: NOON + 2,
    result: RESULT,
  } as const;
  expect(await store.addFinished(finished)).toBe(true);
  expect(await store.get('b')).toEqual(finished);
  expect(await store.addFinished({ ...finished, agentID: 'agent-2' })).toBe(false);
  expect(await store.addFinished({ ...finished, jobID: 'a' })).toBe(false);
  expect([await store.get('b'), await store.get('a')]).toEqual([finished, jobRecord({ jobID: 'a' })]);
});
