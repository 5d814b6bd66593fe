import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_BODY_BYTES } from '../../../../src/protocol/version.ts';
import type { OriginalAnswer, OriginalCheckin, PushedJob } from '../../../support/original-client.ts';
import { useTestServer, type TestAgent } from '../../../support/test-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const server = useTestServer();
let agent: TestAgent;
let archive: Buffer;
beforeAll(async () => {
  archive = await server().addToLibrary('run.sh');
  agent = await server().originalAgent('worker.example');
});

const answerOf = ({ status, json }: OriginalAnswer): unknown => [status, json];

/** Assigns the job, and takes it as an agent of the original does. */
async function take(filename = 'run.sh', { client, agentID } = agent): Promise<PushedJob> {
  const checkin: OriginalCheckin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
  const jobID = await server().assign(agentID, filename);
  const job = (await checkin.nextPush()).find((pushed) => pushed.jobID === jobID);
  checkin.ack();
  await waitFor(async () => (await server().job(jobID))['state'] === 'accepted', { what: 'the ack' });
  checkin.terminate();
  return job ?? { jobID, filename };
}

async function report(
  job: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<OriginalAnswer> {
  const { client, agentID } = agent;
  return await client.call('POST', '/agent/history', { agentID, json: { job, ...more } });
}

describe('POST /agent/register', () => {
  test('gives each call an ID of its own', async () => {
    const key = await server().registrationKey();
    const ids = [await agent.client.register(key, 'same'), await agent.client.register(key, 'same')];
    expect(new Set([...ids, agent.agentID]).size).toBe(3);
  });

  test.each<[string, Record<string, unknown>, number, unknown]>([
    [
      'a wrong key',
      { registrationKey: 'x', hostname: '', os: '' },
      401,
      { error: 'invalild registration key' },
    ],
    [
      'fields missing',
      { registrationKey: 'x' },
      400,
      { error: "request is missing the following parameters: data=['hostname', 'os']" },
    ],
    [
      'a key that is no text',
      { registrationKey: 1, hostname: '', os: '' },
      400,
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
  ])('is refused with %s', async (_what, json, status, body) => {
    expect(answerOf(await agent.client.call('POST', '/agent/register', { json }))).toEqual([status, body]);
  });

  test('is a bad request without a body', async () => {
    const answer = await agent.client.call('POST', '/agent/register');
    expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ name: 'Bad Request' })]);
  });
});

describe('POST /agent/register on a server without a key', () => {
  const fresh = useTestServer();

  test('says so', async () => {
    const { json } = await fresh().client.call('GET', '/ca/host-certificate', {
      json: { hostname: 'a.example' },
    });
    const client = fresh().clientWith(json as { cert: string; key: string });
    const request = { registrationKey: '', hostname: '', os: '' };
    expect(answerOf(await client.call('POST', '/agent/register', { json: request }))).toEqual([
      500,
      { error: 'no registration key has been generated yet' },
    ]);
  });
});

describe('GET /agent/checkin', () => {
  test('is a bad request when it is no WebSocket', async () => {
    const answer = await agent.client.call('GET', '/agent/checkin');
    expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ name: 'Bad Request' })]);
  });
});

describe('GET /agent/execute', () => {
  const download = async (json: unknown, headers: Record<string, string> = {}): Promise<OriginalAnswer> =>
    await agent.client.call('GET', '/agent/execute', { agentID: agent.agentID, json, headers });

  test('gives the archive as it was uploaded, as often as it is asked for', async () => {
    await take();
    for (let count = 0; count < 2; count++) {
      const { status, headers, bytes } = await download({ filename: 'run.sh' });
      expect(status).toBe(200);
      expect(bytes).toEqual(archive);
      expect(headers).toMatchObject({
        'content-type': 'text/x-sh; charset=utf-8',
        'content-disposition': 'inline; filename=run.sh',
        'content-length': String(archive.length),
        'last-modified': expect.stringMatching(/GMT$/),
      });
      expect(headers['etag']).toBeUndefined();
    }
  });

  test('gives a range of it', async () => {
    await take();
    const { status, headers, bytes } = await download({ filename: 'run.sh' }, { Range: 'bytes=2-9' });
    expect([status, headers['content-range']]).toEqual([206, `bytes 2-9/${archive.length}`]);
    expect(bytes).toEqual(archive.subarray(2, 10));
  });

  test('comes at the same moment as the ack, and finds the job', async () => {
    await server().addToLibrary('race.sh');
    const checkin = await agent.client.checkin(JSON.stringify({ 'Agent-ID': agent.agentID }));
    await server().assign(agent.agentID, 'race.sh');
    await checkin.nextPush();
    const downloading = download({ filename: 'race.sh' });
    checkin.ack();
    expect((await downloading).status).toBe(200);
    checkin.terminate();
  });

  test('is refused before the ack', async () => {
    await server().addToLibrary('queued.sh');
    const { client, agentID } = await server().originalAgent('waiting.example');
    await server().assign(agentID, 'queued.sh');
    const answer = await client.call('GET', '/agent/execute', { agentID, json: { filename: 'queued.sh' } });
    expect(answerOf(answer)).toEqual([400, { error: 'no matching job available for download' }]);
  });

  test('says so when the file is gone', async () => {
    await server().addToLibrary('lost.sh', { 'lost.sh': 'only here' });
    await take('lost.sh');
    const dir = join(server().dataDir, 'library');
    const before = readdirSync(dir);
    const { json } = await server().client.call('GET', '/admin/library', { token: await server().token() });
    const { jobs } = JSON.parse((json as { library: string }).library) as {
      jobs: { filename: string; sha256: string }[];
    };
    const sha256 = jobs.find(({ filename }) => filename === 'lost.sh')?.sha256 ?? '';
    expect(before).toContain(sha256);
    rmSync(join(dir, sha256));
    expect(answerOf(await download({ filename: 'lost.sh' }))).toEqual([
      500,
      { error: 'job file missing -- please contact an administrator' },
    ]);
  });

  test.each<[string, unknown, unknown]>([
    ['no name', {}, { error: "request is missing the following parameters: data=['filename']" }],
    ['an unknown name', { filename: 'none.sh' }, { error: 'no matching job available for download' }],
    ['a path', { filename: '../run.sh' }, { error: 'no matching job available for download' }],
  ])('is refused with %s', async (_what, json, body) => {
    expect(answerOf(await download(json))).toEqual([400, body]);
  });

  test('names all that is missing', async () => {
    const answer = await agent.client.call('GET', '/agent/execute', { json: {} });
    expect(answerOf(answer)).toEqual([
      400,
      { error: "request is missing the following parameters: headers=['Agent-ID'], data=['filename']" },
    ]);
  });

  test('is a bad request without JSON', async () => {
    const answer = await agent.client.call('GET', '/agent/execute?filename=run.sh', {
      agentID: agent.agentID,
    });
    expect(answer.json).toMatchObject({ name: 'Bad Request' });
  });
});

describe('GET /agent/archives', () => {
  const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
  const fetchArchive = async (
    { client, agentID }: TestAgent,
    sha256: string,
    headers: Record<string, string> = {},
  ): Promise<OriginalAnswer> => await client.call('GET', `/agent/archives/${sha256}`, { agentID, headers });

  test('gives an archive of an unfinished job, to go on from any byte, and for ever the same', async () => {
    const ours = await server().agent('fetcher.example');
    const sha256 = sha256Of(archive);
    await server().assign(ours.agentID, 'run.sh');
    const whole = await fetchArchive(ours, sha256);
    expect([whole.status, whole.bytes]).toEqual([200, archive]);
    expect(whole.headers).toMatchObject({ etag: `"${sha256}"`, 'accept-ranges': 'bytes' });
    expect(whole.headers['cache-control']).toContain('immutable');
    const rest = await fetchArchive(ours, sha256, { Range: 'bytes=5-', 'If-Range': `"${sha256}"` });
    expect([rest.status, rest.bytes]).toEqual([206, archive.subarray(5)]);
  });

  test('gives nothing that the agent has no unfinished job for', async () => {
    const ours = await server().agent('curious.example');
    const other = await server().agent('other.example');
    await server().assign(other.agentID, 'run.sh');
    const jobID = await server().assign(ours.agentID, 'run.sh');
    const sha256 = sha256Of(archive);
    expect((await fetchArchive(ours, sha256)).status).toBe(200);
    const token = await server().token();
    await server().client.call('POST', `/admin/jobs/${jobID}/cancel`, { token });
    expect(answerOf(await fetchArchive(ours, sha256))).toEqual([
      404,
      { error: 'no unfinished job, task or service of this agent has this archive', code: 'JOB_NOT_FOUND' },
    ]);
    expect((await fetchArchive(ours, '..%2Fserver.db')).status).toBe(404);
  });

  test('gives what a task or service of the agent is made of, and to no other', async () => {
    const [ours, other] = [await server().agent('keeper.example'), await server().agent('idle.example')];
    const unit = { kind: 'service', name: 'kept' } as const;
    const kept = sha256Of(await server().addToLibrary('kept.sh', { 'kept.sh': 'exec sleep 9' }, { unit }));
    const assignment = { filename: 'kept.sh', agentID: ours.agentID };
    await server().admin('POST', '/admin/assignments', assignment);
    expect((await fetchArchive(ours, kept)).status).toBe(200);
    expect((await fetchArchive(other, kept)).status).toBe(404);
    await server().admin('DELETE', '/admin/assignments', assignment);
    expect((await fetchArchive(ours, kept)).status).toBe(404);
  });

  test('needs to know which agent asks', async () => {
    const answer = await agent.client.call('GET', `/agent/archives/${sha256Of(archive)}`);
    expect(answerOf(answer)).toEqual([
      400,
      { error: "request is missing the following parameters: headers=['Agent-ID']" },
    ]);
  });
});

describe('POST /agent/history', () => {
  const SAVED = [200, { success: 'successfully saved job response' }];
  const NO_MATCH = [400, { error: 'no matching jobs were supposed to be running' }];

  test('takes the runs of tasks that the agent began by itself, in order and each once', async () => {
    const { client, agentID } = await server().agent('scheduled.example');
    const DETAIL = { outcome: 'succeeded', phaseTimes: {}, stdoutBytes: 0, stderrBytes: 0 };
    const post = async (jobID: string): Promise<unknown> => {
      const detail = { ...DETAIL, origin: { task: 'backup', dueAt: 1795435200, attempt: 1 } };
      const job = { jobID, executor: 'sh', filename: 'backup.sh', exitCode: 0, stdout: 'out' };
      return answerOf(await client.call('POST', '/agent/history', { agentID, json: { job, detail } }));
    };
    for (const jobID of ['run-1', 'run-2', 'run-1']) expect(await post(jobID)).toEqual(SAVED);
    const { jobs } = (await server().admin('GET', `/admin/jobs?agentID=${agentID}`)) as { jobs: unknown[] };
    const shown = { filename: 'backup.sh', state: 'finished', outcome: 'succeeded', source: 'task' };
    expect(jobs).toMatchObject([
      { ...shown, jobID: 'run-2' },
      { ...shown, jobID: 'run-1' },
    ]);
    expect(await server().job('run-1')).toMatchObject({ stdout: 'out', origin: { task: 'backup' } });
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['an exit code in a string', { exitCode: '3' }, { exitCode: 3 }],
    ['a broken exit code', { exitCode: 3.7 }, { exitCode: 3 }],
    ['true as exit code', { exitCode: true }, { exitCode: 1 }],
    ['a Windows exit code', { exitCode: 3221225477 }, { exitCode: 3221225477 }],
    ['a lone surrogate', { stdout: 'a\ud800' }, { stdout: 'a\ufffd' }],
    ['NUL and control characters', { stdout: '\u0000\u001b[31m' }, { stdout: '\u0000\u001b[31m' }],
    ['no times', {}, {}],
    ['a time of another form', { timeEnded: '2026-11-23T12:00:00' }, {}],
    ['keys that nobody knows', { extra: 1, _cls: 'Job' }, {}],
  ])('takes a result with %s, and history can be read after it', async (_what, change, kept) => {
    const job = await take();
    expect(answerOf(await report({ ...job, ...change }))).toEqual(SAVED);
    const token = await server().token();
    const history = await server().client.call('GET', '/admin/history', {
      token,
      json: { agentID: agent.agentID },
    });
    const records = (history.json as { jobs: string[] }).jobs.map((text) => JSON.parse(text) as PushedJob);
    expect(records.find(({ jobID }) => jobID === job.jobID)).toEqual({
      ...job,
      ...kept,
      timeEnded: expect.stringMatching(/^\d+(\.\d+)?Z$/),
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['an exit code that is none', { exitCode: 'abc' }],
    ['a number for output', { stdout: 1 }],
    ['a number for a time', { timeEnded: 1 }],
    ['numbers for arguments', { argv: [1] }],
    ['no name', { filename: undefined }],
  ])('refuses a result with %s, and takes it when it is put right', async (_what, change) => {
    const job = await take();
    expect((await report({ ...job, ...change })).status).toBe(400);
    expect(await server().job(job.jobID)).toMatchObject({ state: 'accepted' });
    expect(answerOf(await report({ ...job, exitCode: 0 }))).toEqual(SAVED);
  });

  test('does not count a repeated result as that of another job of the same name', async () => {
    const [first, second] = [await take(), await take()];
    expect(answerOf(await report({ ...first, exitCode: 1 }))).toEqual(SAVED);
    expect(answerOf(await report({ ...first, exitCode: 1 }))).toEqual(NO_MATCH);
    expect(answerOf(await report({ ...second, exitCode: 2 }))).toEqual(SAVED);
    expect(await server().job(second.jobID)).toMatchObject({ exitCode: 2 });
  });

  test('confirms a repeated result to an agent of ours', async () => {
    const ours = await server().agent('repeater.example');
    const jobID = await server().assign(ours.agentID, 'run.sh');
    const detail = { outcome: 'succeeded', phaseTimes: {}, stdoutBytes: 0, stderrBytes: 0 };
    const json = { job: { jobID, filename: 'run.sh', exitCode: 0 }, detail };
    for (let count = 0; count < 2; count++) {
      const answer = await ours.client.call('POST', '/agent/history', { agentID: ours.agentID, json });
      expect(answerOf(answer)).toEqual(SAVED);
    }
  });

  test('matches by name when no ID is given', async () => {
    await server().addToLibrary('by-name.sh');
    const { jobID } = await take('by-name.sh');
    expect(answerOf(await report({ filename: 'by-name.sh', exitCode: 0 }))).toEqual(SAVED);
    expect(await server().job(jobID)).toMatchObject({ state: 'finished' });
    expect(answerOf(await report({ filename: 'by-name.sh', exitCode: 0 }))).toEqual(NO_MATCH);
  });

  test('names all that is missing', async () => {
    const answer = await agent.client.call('POST', '/agent/history', { json: {} });
    expect(answerOf(answer)).toEqual([
      400,
      { error: "request is missing the following parameters: headers=['Agent-ID'], data=['job']" },
    ]);
  });

  test('is a bad request when it is no UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"job":{"filename":"'),
      Buffer.from([0xff]),
      Buffer.from('"}}'),
    ]);
    const headers = { 'Content-Type': 'application/json' };
    const answer = await agent.client.call('POST', '/agent/history', {
      agentID: agent.agentID,
      body,
      headers,
    });
    expect(answer.json).toMatchObject({ name: 'Bad Request' });
  });

  test('takes 16 MiB and not a byte more; the job is still there for a smaller result', async () => {
    const job = await take();
    const overhead = Buffer.byteLength(JSON.stringify({ job: { ...job, stdout: '' } }));
    const stdout = 'x'.repeat(MAX_BODY_BYTES - overhead);
    expect((await report({ ...job, stdout: `${stdout}x` })).status).toBe(413);
    expect(await server().job(job.jobID)).toMatchObject({ state: 'accepted' });
    expect(answerOf(await report({ ...job, stdout }))).toEqual(SAVED);
    expect(((await server().job(job.jobID))['stdout'] as string).length).toBe(stdout.length);
  });
});
