import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { OriginalClient, resultOf } from '../../support/original-client.ts';
import { OriginalCommander } from '../../support/original-commander/original-commander.ts';
import { OBSERVED } from '../../support/original-commander/oddities.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { waitFor } from '../../support/wait-for.ts';

/**
 * The faults of the original, which our agent must survive: that the fake one has them is what makes the tests against
 * it worth anything. Numbers and texts are those of COMMANDER.md.
 */
let original: OriginalCommander;
let client: OriginalClient;
let agentID: string;
let pair: { cert: string; key: string };
const onEnd = useCleanup();

beforeAll(async () => {
  original = await OriginalCommander.start();
  pair = await original.authority.issue('endpoint.example');
  client = new OriginalClient({ url: original.url, ca: original.rootPem, ...pair });
  original.addToLibrary({ filename: 'a.sh' }, Buffer.from('archive'));
  original.addToLibrary({ filename: 'x.json' }, Buffer.from('{"archive":1}'));
});
afterAll(() => original.close());

beforeEach(async () => {
  Object.assign(original.oddities, OBSERVED, { pollIntervalMs: 20 });
  original.state.rebuildCache();
  original.pushes.length = 0;
  agentID = await client.register(original.registrationKey);
});

async function checkIn(): Promise<Awaited<ReturnType<OriginalClient['checkin']>>> {
  const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
  onEnd(() => checkin.terminate());
  return checkin;
}

/** A client's frame with an all-zero mask. */
function maskedFrame(firstByte: number, payload: string): Buffer {
  const bytes = Buffer.from(payload, 'latin1');
  return Buffer.concat([Buffer.from([firstByte, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
}

describe('the fake check-in', () => {
  test('pushes the eight fields in their order, with ASCII escapes', async () => {
    original.addToLibrary({ filename: 'grüße.sh', description: '🚀' }, Buffer.from(''));
    original.assign(agentID, 'grüße.sh', ['é']);
    const checkin = await checkIn();
    const frame = await checkin.nextFrame();
    expect(frame).toMatch(
      /^\{"jobs": \[\{"jobID": "[0-9a-f-]{36}", "executor": "bash", "filename": "gr\\u00fc\\u00dfe.sh", "description": "\\ud83d\\ude80", "os": "Linux", "user": "admin", "timeCreated": "\d+\.\d+Z", "argv": \["\\u00e9"\]\}\]\}$/,
    );
  });

  test.each([
    [2, [2, 1]],
    [3, [3, 1]],
    [4, [4, 2, 1]],
    [5, [5, 2, 1]],
  ])('pushes %d jobs as %j, because an ack marks only some', async (count, sizes) => {
    for (let n = 0; n < count; n++) original.assign(agentID, 'a.sh');
    const checkin = await checkIn();
    const seen: number[] = [];
    while (seen.length < sizes.length) {
      seen.push((await checkin.nextPush()).length);
      checkin.ack();
    }
    expect(seen).toEqual(sizes);
    await waitFor(() => original.state.agent(agentID).queued.length === 0, { what: 'an empty queue' });
    expect(original.state.agent(agentID).running).toHaveLength(count);
  });

  test.each([['ACK'], ['{"kind":"ack"}'], [Buffer.from('ack')]])(
    'sends the push again for %p',
    async (message) => {
      original.assign(agentID, 'a.sh');
      const checkin = await checkIn();
      const first = await checkin.nextFrame();
      checkin.send(message);
      expect(await checkin.nextFrame()).toBe(first);
      expect(original.state.agent(agentID).queued).toHaveLength(1);
    },
  );

  test('lets a surplus ack swallow the next push', async () => {
    const checkin = await checkIn();
    checkin.ack();
    await delay(50);
    original.assign(agentID, 'a.sh');
    await waitFor(() => original.state.agent(agentID).running.length === 1, { what: 'the lost job' });
  });

  test('loses an ack that shares a segment with the Close after it', async () => {
    original.assign(agentID, 'a.sh');
    const checkin = await checkIn();
    await checkin.nextPush();
    checkin.inOneSegment(() => {
      checkin.ack();
      checkin.close(1000);
    });
    await delay(100);
    expect(original.state.agent(agentID)).toMatchObject({ queued: [{}], running: [] });
  });

  test('echoes a Close at once, but leaves TCP open and its loop running', async () => {
    const stream = connect({ ...pair, ca: original.rootPem, host: 'localhost', port: original.port });
    onEnd(() => stream.destroy());
    let [received, ended] = ['', false];
    stream.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    stream.on('end', () => (ended = true));
    stream.write(
      'GET /agent/checkin HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await waitFor(() => received.includes('101'), { what: 'the upgrade' });
    stream.write(maskedFrame(0x81, JSON.stringify({ 'Agent-ID': agentID })));
    stream.write(maskedFrame(0x88, '\x03\xe8bye'));
    await waitFor(() => received.endsWith('\x88\x05\x03\xe8bye'), { what: 'the echo' });
    await delay(100);
    expect(ended).toBe(false);
    original.assign(agentID, 'a.sh');
    await waitFor(() => ended, { what: 'the end of TCP' });
    expect(original.state.agent(agentID).queued).toHaveLength(1);
  });

  test('is wedged by a second ack of the same job, for every agent, until it restarts', async () => {
    original.assign(agentID, 'a.sh');
    const [one, two] = [await checkIn(), await checkIn()];
    await Promise.all([one.nextPush(), two.nextPush()]);
    one.ack();
    two.ack();
    await waitFor(() => original.state.lockWedged, { what: 'the wedge' });
    expect(() => original.assign(agentID, 'a.sh')).toThrow();
    original.startUpstream();
    expect(original.state.agent(agentID).queued).toHaveLength(1);
  });

  test.each([
    ['{"Agent', 'message was not a valid json object'],
    ['{"agent-id":"x"}', "request is missing the following parameters: headers=['Agent-ID']"],
    ['{"Agent-ID":"x"}', 'agent ID not found, please check ID or register'],
  ])('refuses %s with a close code that no library likes', async (hello, text) => {
    const checkin = await client.checkin(hello);
    expect(await checkin.ended).toMatchObject({ error: 'Invalid WebSocket frame: invalid status code 400' });
    expect(checkin.received).toMatch(/^\x88.\x01\x90/);
    expect(checkin.received.slice(4)).toBe(`{"error": "${text}"}`);
  });

  test.each(['7', '[]', '{"Agent-ID":7}'])('answers %s with HTTP amid the frames', async (hello) => {
    const checkin = await client.checkin(hello);
    expect(await checkin.ended).toHaveProperty('error');
    expect(checkin.received).toMatch(/^HTTP\/1.1 500 /);
  });

  test('closes a client that does not answer pings, but not its TCP', async () => {
    original.oddities.pingIntervalMs = 50;
    const checkin = await client.checkin(undefined, { autoPong: false });
    onEnd(() => checkin.terminate());
    await waitFor(() => checkin.received.includes('\x03\xf0Ping/Pong timeout'), { what: 'close code 1008' });
  });

  test('uses compression when it is offered', async () => {
    original.assign(agentID, 'a.sh');
    const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }), {
      perMessageDeflate: true,
    });
    onEnd(() => checkin.terminate());
    expect(await checkin.nextPush()).toHaveLength(1);
    checkin.ack();
    await waitFor(() => original.acks.includes(agentID), { what: 'the compressed ack' });
  });

  test('cuts a push that is too large for one send', async () => {
    original.assign(agentID, 'a.sh', ['x'.repeat(5_000_000)]);
    const checkin = await checkIn();
    await expect(checkin.nextFrame(300)).rejects.toThrow('No frame came');
  });
});

describe('the fake fetch', () => {
  async function startJob(filename: string): Promise<void> {
    original.assign(agentID, filename);
    const checkin = await checkIn();
    await checkin.nextPush();
    checkin.ack();
  }

  test('answers 400 for a moment after the ack', async () => {
    original.oddities.ackTakesMs = 100;
    await startJob('a.sh');
    const fetch = (): Promise<{ status: number }> =>
      client.call('GET', '/agent/execute', { agentID, json: { filename: 'a.sh' } });
    expect((await fetch()).status).toBe(400);
    await waitFor(async () => (await fetch()).status === 200, { what: 'the archive' });
  });

  test('gzips by the name, whatever the content is', async () => {
    await startJob('x.json');
    await waitFor(() => original.state.agent(agentID).running.length === 1, { what: 'the job to run' });
    const headers = { 'Accept-Encoding': 'gzip' };
    const answer = await client.call('GET', '/agent/execute', {
      agentID,
      headers,
      json: { filename: 'x.json' },
    });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/json' });
    expect(gunzipSync(answer.bytes).toString()).toBe('{"archive":1}');
  });
});

describe('the fake result store', () => {
  function running(count = 1): Record<string, unknown> {
    for (let n = 0; n < count; n++) original.assign(agentID, 'a.sh');
    const agent = original.state.agent(agentID);
    agent.running.push(...agent.queued.splice(0));
    return resultOf(agent.running[0] as never);
  }

  async function post(job: unknown): Promise<[number, unknown]> {
    const { status, json } = await client.call('POST', '/agent/history', { agentID, json: { job } });
    return [status, (json as { error?: string } | undefined)?.error];
  }

  const nothingRunning = [400, 'no matching jobs were supposed to be running'];

  test.each([
    ['an unknown field', { extra: 1 }],
    ['a number as output', { stdout: 1 }],
    ['a lone surrogate', { stdout: '\ud800' }],
    ['a number as time', { timeEnded: 1 }],
    ['an exit code beyond 64 bits', { exitCode: 2 ** 70 }],
    ['an exit code that is a word', { exitCode: 'abc' }],
    ['no executor', { executor: undefined }],
  ])('loses a result with %s: 500, and then nothing is running', async (_, change) => {
    const job = running();
    expect(await post({ ...job, ...change })).toEqual([500, undefined]);
    expect(await post(job)).toEqual(nothingRunning);
  });

  test('answers a doubled result with 400, unless another run of the same name is outstanding', async () => {
    const job = running(2);
    expect([await post(job), await post(job), await post(job)]).toEqual([
      [200, undefined],
      [200, undefined],
      nothingRunning,
    ]);
  });

  test.each([undefined, null, '2026-11-22T10:00:00', '1795333254'])(
    'takes timeEnded %j and then never shows a history again',
    async (timeEnded) => {
      const token = await client.login('admin', 'Letmein123!');
      expect(await post({ ...running(), timeEnded })).toEqual([200, undefined]);
      expect(await client.call('GET', '/admin/history', { token, json: { agentID } })).toMatchObject({
        status: 500,
      });
    },
  );

  test('takes 16 MiB of body and not a byte more', async () => {
    const job = running(2);
    const pad = (bytes: number): string => {
      const empty = JSON.stringify({ job: { ...job, stdout: '' } }).length;
      return JSON.stringify({ job: { ...job, stdout: 'x'.repeat(bytes - empty) } });
    };
    const send = (body: string): ReturnType<OriginalClient['call']> =>
      client.call('POST', '/agent/history', {
        agentID,
        body,
        headers: { 'Content-Type': 'application/json' },
      });
    expect(await send(pad(16_777_217))).toMatchObject({
      status: 413,
      headers: { 'content-type': 'text/html' },
    });
    expect(await send(pad(16_777_216))).toMatchObject({ status: 200 });
  });
});

describe('the fake nginx and CAPy', () => {
  test('refuses certificates over HTTP, after the handshake', async () => {
    const open = new OriginalClient({ url: original.url, ca: original.rootPem });
    expect(await open.call('POST', '/agent/register')).toMatchObject({ status: 403 });
    const stranger = await OriginalCommander.start();
    onEnd(() => stranger.close());
    const untrusted = await stranger.authority.issue('endpoint.example');
    const bad = new OriginalClient({ url: original.url, ca: original.rootPem, ...untrusted });
    expect(await bad.call('GET', '/admin/authenticate')).toMatchObject({
      status: 400,
      headers: { connection: 'close', 'content-type': 'text/html' },
    });
  });

  test('stands alone while Commander is down', async () => {
    const checkin = await checkIn();
    await original.stopUpstream();
    expect(await checkin.ended).toMatchObject({ code: 1006 });
    expect(await client.call('POST', '/agent/register', { json: {} })).toMatchObject({ status: 502 });
    await expect(checkIn()).rejects.toThrow('502');
    original.startUpstream();
    original.assign(agentID, 'a.sh');
    expect(await (await checkIn()).nextPush()).toHaveLength(1);
  });

  test('gives the same key to whoever names the same host, and no key for a poisoned one', async () => {
    const ask = async (body: object): Promise<[number, unknown]> => {
      const capy = new OriginalClient({ url: original.capyUrl });
      const answer = await capy.call('GET', '/ca/host-certificate', { json: body });
      return [answer.status, answer.json];
    };
    const [status, first] = await ask({ hostname: 'a.example' });
    expect([status, first]).toEqual([
      200,
      { cert: expect.any(String), key: expect.stringContaining('BEGIN PRIVATE KEY'), root: original.rootPem },
    ]);
    expect(await ask({ hostname: 'a.example', maxDays: 1 })).toEqual([200, first]);
    expect((await ask({ hostname: 'b.example', maxDays: 900 }))[0]).toBe(500);
    expect((await ask({ hostname: 'b.example' }))[0]).toBe(500);
    expect(await ask({ hostname: 'under_score' })).toEqual([
      400,
      { error: 'hostname in the request was not standard FQDN format' },
    ]);
  });
});
