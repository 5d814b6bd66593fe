import { beforeAll, describe, expect, test } from '@jest/globals';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { useTestServer, type TestAgent } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const server = useTestServer();
let agent: TestAgent;
beforeAll(async () => {
  await server().addToLibrary('run.sh');
  agent = await server().originalAgent('worker.example');
});

async function call(method: string, path: string, json?: unknown): Promise<OriginalAnswer> {
  const token = await server().token();
  return await server().client.call(method, path, json === undefined ? { token } : { token, json });
}

const answerOf = ({ status, json }: OriginalAnswer): unknown => [status, json];

async function finish(target: TestAgent, jobID: string): Promise<void> {
  const job = { jobID, filename: 'run.sh', exitCode: 0, timeEnded: `${Date.now() / 1000}Z` };
  const detail = { outcome: 'succeeded', phaseTimes: {}, stdoutBytes: 0, stderrBytes: 0 };
  const json = { job, detail };
  const { status, bytes } = await target.client.call('POST', '/agent/history', {
    agentID: target.agentID,
    json,
  });
  if (status !== 200) throw new Error(bytes.toString());
}

describe('assigning a job', () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    [
      'everything missing',
      {},
      { error: "request is missing the following parameters: data=['agentID', 'filename', 'argv']" },
    ],
    [
      'argv missing',
      { agentID: 'a', filename: 'run.sh' },
      { error: "request is missing the following parameters: data=['argv']" },
    ],
    [
      'a name that is not in the library',
      { agentID: 'a', filename: 'none.sh', argv: [] },
      {
        error: 'the library contains no executable with the given filename',
        code: 'LIBRARY_ENTRY_NOT_FOUND',
      },
    ],
    [
      'an agent that is not there',
      { agentID: 'a', filename: 'run.sh', argv: [] },
      { error: 'no hosts found matching the agentID in the request', code: 'AGENT_NOT_FOUND' },
    ],
    [
      'arguments that are no list',
      { agentID: 'a', filename: 'run.sh', argv: 'x' },
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
    [
      'arguments that are no text',
      { agentID: 'a', filename: 'run.sh', argv: [1] },
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
    [
      'a timeout of zero',
      { agentID: 'a', filename: 'run.sh', argv: [], timeoutSeconds: 0 },
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
  ])('is refused with %s', async (_what, json, body) => {
    expect(answerOf(await call('POST', '/admin/jobs', json))).toEqual([400, body]);
  });
});

describe('listing jobs', () => {
  test('goes by agent, by state and by number, newest first', async () => {
    const lister = await server().agent('lister.example');
    const { agentID } = lister;
    const jobs = [
      await server().assign(agentID, 'run.sh'),
      await server().assign(agentID, 'run.sh'),
      await server().assign(agentID, 'run.sh'),
    ];
    await finish(lister, jobs[0] ?? '');
    const list = async (query: string): Promise<unknown[]> => {
      const { json } = await call('GET', `/admin/jobs?agentID=${agentID}${query}`);
      return (json as { jobs: { jobID: string }[] }).jobs.map(({ jobID }) => jobs.indexOf(jobID));
    };
    expect(await list('')).toEqual([2, 1, 0]);
    expect(await list('&state=finished')).toEqual([0]);
    expect(await list('&state=queued')).toEqual([2, 1]);
    expect(await list('&state=queued,finished&limit=2')).toEqual([2, 1]);
  });

  test.each(['state=unknown', 'limit=x', 'limit=1001', 'limit=-1'])('refuses %s', async (query) => {
    expect((await call('GET', `/admin/jobs?${query}`)).status).toBe(400);
  });
});

describe('showing a job', () => {
  test('says so when there is none', async () => {
    expect(answerOf(await call('GET', '/admin/jobs/none'))).toEqual([
      404,
      { error: 'There is no job "none"', code: 'JOB_NOT_FOUND' },
    ]);
    expect((await call('GET', '/admin/jobs/none?waitSeconds=30')).status).toBe(404);
  });

  test('waits for the end of the job when asked to, and answers at it', async () => {
    const jobID = await server().assign(agent.agentID, 'run.sh');
    const waiting = call('GET', `/admin/jobs/${jobID}?waitSeconds=30`);
    const early = await Promise.race([waiting, call('GET', `/admin/jobs/${jobID}`)]);
    expect(early.json).toMatchObject({ state: 'queued' });
    await finish(agent, jobID);
    expect((await waiting).json).toMatchObject({ state: 'finished', outcome: 'succeeded' });
  });

  test('does not wait for a job that has finished', async () => {
    const jobID = await server().assign(agent.agentID, 'run.sh');
    await finish(agent, jobID);
    expect((await call('GET', `/admin/jobs/${jobID}?waitSeconds=300`)).json).toMatchObject({
      state: 'finished',
    });
  });

  test('answers with the job as it is when the time is over', async () => {
    const jobID = await server().assign(agent.agentID, 'run.sh');
    const begun = performance.now();
    expect((await call('GET', `/admin/jobs/${jobID}?waitSeconds=1`)).json).toMatchObject({ state: 'queued' });
    expect(performance.now() - begun).toBeGreaterThan(990);
  });

  test.each(['x', '-1', '301', '1.5'])('refuses to wait for %s seconds', async (seconds) => {
    expect((await call('GET', `/admin/jobs/1?waitSeconds=${seconds}`)).status).toBe(400);
  });
});

describe('canceling a job', () => {
  test.each([
    ['POST', '/cancel'],
    ['DELETE', ''],
  ])('by %s ends a queued one at once', async (method, suffix) => {
    const jobID = await server().assign(agent.agentID, 'run.sh');
    expect(answerOf(await call(method, `/admin/jobs/${jobID}${suffix}`))).toEqual([
      200,
      { success: 'job canceled' },
    ]);
    expect(await server().job(jobID)).toMatchObject({
      state: 'finished',
      outcome: 'canceled',
      reason: 'canceled before the agent took it',
    });
  });

  test('asks an agent of ours for one that it has, also when it comes back later', async () => {
    const ours = await server().agent('canceler.example');
    const hello = (holding: string[]): string =>
      JSON.stringify({ 'Agent-ID': ours.agentID, protocol: 2, holding });
    const headers = { 'Commander-Protocol': '2' };
    const jobID = await server().assign(ours.agentID, 'run.sh');
    const first = await ours.client.checkin(hello([]), { headers });
    await first.nextPush();
    first.send(JSON.stringify({ kind: 'ack', jobIDs: [jobID] }));
    await waitFor(async () => (await server().job(jobID))['state'] === 'accepted', { what: 'the ack' });
    first.terminate();

    expect(answerOf(await call('POST', `/admin/jobs/${jobID}/cancel`))).toEqual([
      200,
      { success: 'cancel requested -- waiting for agent to end the job' },
    ]);
    const second = await ours.client.checkin(hello([jobID]), { headers });
    expect(JSON.parse(await second.nextFrame())).toEqual({ kind: 'cancel', jobIDs: [jobID] });
    await call('POST', `/admin/jobs/${jobID}/cancel`);
    expect(JSON.parse(await second.nextFrame())).toEqual({ kind: 'cancel', jobIDs: [jobID] });
    second.terminate();
  });

  test('is refused for one that an agent of the original has: it would not hear', async () => {
    const { client, agentID } = await server().originalAgent('deaf.example');
    const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
    const jobID = await server().assign(agentID, 'run.sh');
    await checkin.nextPush();
    checkin.ack();
    await waitFor(async () => (await server().job(jobID))['state'] === 'accepted', { what: 'the ack' });
    const answer = await call('POST', `/admin/jobs/${jobID}/cancel`);
    expect([answer.status, answer.json]).toEqual([409, expect.objectContaining({ code: 'SERVER_REFUSED' })]);
    checkin.terminate();
  });

  test('is refused for one that is finished or not there', async () => {
    const jobID = await server().assign(agent.agentID, 'run.sh');
    await call('POST', `/admin/jobs/${jobID}/cancel`);
    expect((await call('POST', `/admin/jobs/${jobID}/cancel`)).status).toBe(409);
    expect((await call('POST', '/admin/jobs/none/cancel')).status).toBe(404);
  });
});

describe('the history', () => {
  test('lists what an agent reported, as JSON in strings', async () => {
    const reporter = await server().agent('reporter.example');
    const jobID = await server().assign(reporter.agentID, 'run.sh');
    await finish(reporter, jobID);
    const { json } = await call('GET', '/admin/history', { agentID: reporter.agentID });
    expect((json as { jobs: string[] }).jobs.map((text) => JSON.parse(text) as unknown)).toEqual([
      { jobID, filename: 'run.sh', exitCode: 0, timeEnded: expect.stringMatching(/Z$/) },
    ]);
    expect((await call('GET', '/admin/history?daysAgo=0', { agentID: reporter.agentID })).json).toEqual({
      jobs: [],
    });
  });

  test.each<[string, string, unknown, unknown]>([
    ['no agent', '', {}, { error: "request is missing the following parameters: data=['agentID']" }],
    ['an unknown agent', '', { agentID: 'nobody' }, { error: 'agent ID not found' }],
    [
      'days that are no number',
      '?daysAgo=x',
      'the agent',
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
  ])('is refused with %s', async (_what, query, body, error) => {
    const json = body === 'the agent' ? { agentID: agent.agentID } : body;
    expect(answerOf(await call('GET', `/admin/history${query}`, json))).toEqual([400, error]);
  });
});
