import { X509Certificate, createPrivateKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import type { EnrollReply } from '../../../../src/protocol/schemas/certificates.ts';
import { startServer } from '../../../../src/server/compose/server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { expectAnswer } from '../../../support/expect-answer.ts';
import { OriginalClient } from '../../../support/original-client.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { TestServer, useTestServer } from '../../../support/test-server.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;

interface Enrolled {
  readonly reply: EnrollReply;
  readonly key: string;
  readonly client: OriginalClient;
}

async function enrol(server: TestServer): Promise<Enrolled> {
  const { csr, key } = await createCertificateRequest('web-1');
  const registrationKey = await server.registrationKey();
  const json = { csr, registrationKey, hostname: 'web-1', os: 'Linux' };
  const reply = (await server.client.call('POST', '/ca/csr', { json })).json as EnrollReply;
  return { reply, key, client: server.clientWith({ cert: reply.cert, key }) };
}

async function renew(client: OriginalClient): Promise<{ status: number; cert: string; key: string }> {
  const { csr, key } = await createCertificateRequest('whatever');
  const { status, json } = await client.call('POST', '/ca/renew', { json: { csr } });
  return { status, cert: (json as { cert?: string } | undefined)?.cert ?? '', key };
}

/** 400 is what the agent's API says to whom it knows; the certificate was taken then. */
async function speaksFor(client: OriginalClient, agentID: string): Promise<boolean> {
  const answer = await client.call('GET', '/agent/execute', { agentID, json: { filename: 'none' } });
  return (answer.json as { error?: string } | undefined)?.error === 'no matching job available for download';
}

describe('trust', () => {
  const server = useTestServer();

  test('the root is there for whoever asks, also among all roots', async () => {
    const { status, json } = await server().client.call('GET', '/ca/root-trust');
    expect([status, json]).toEqual([200, { root: server().root, roots: [server().root] }]);
  });
});

describe('enrolment', () => {
  const server = useTestServer();

  test('gives a certificate for the endpoint’s own key, with which the agent speaks for its ID and no other', async () => {
    const [one, two] = [await enrol(server()), await enrol(server())];
    const certificate = new X509Certificate(one.reply.cert);
    expect(one.reply.roots).toEqual([server().root]);
    expect(certificate.checkPrivateKey(createPrivateKey(one.key))).toBe(true);
    expect([
      await speaksFor(one.client, one.reply.agentID),
      await speaksFor(one.client, two.reply.agentID),
    ]).toEqual([true, false]);
  });

  test('shows the agent to admins, with the end of its certificate', async () => {
    const { reply } = await enrol(server());
    const { json } = await server().client.call('GET', '/admin/agents', { token: await server().token() });
    const { validToDate } = new X509Certificate(reply.cert);
    expect((json as { agents: object[] }).agents).toContainEqual(
      expect.objectContaining({
        agentID: reply.agentID,
        hostname: 'web-1',
        os: 'Linux',
        certificateExpiresAt: validToDate.toISOString(),
      }),
    );
  });

  test.each([
    [{}, "request is missing the following parameters: data=['csr', 'registrationKey', 'hostname', 'os']"],
    [{ csr: 'x', registrationKey: 'k', hostname: 'h', os: 'o' }, 'The request is not valid: "csr" '],
    [
      { csr: '-----BEGIN x', registrationKey: 'k', hostname: '', os: 'o' },
      'The request is not valid: "hostname" ',
    ],
  ])('refuses %j and names what is wrong', async (json, error) => {
    const answer = await server().client.call('POST', '/ca/csr', { json });
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { error: expect.stringContaining(error) as unknown },
    ]);
  });

  test('refuses a request that is no certificate request', async () => {
    const registrationKey = await server().registrationKey();
    const json = { csr: '-----BEGIN NOTHING', registrationKey, hostname: 'h', os: 'o' };
    await expectAnswer(server().client.call('POST', '/ca/csr', { json }), 400, {
      code: 'CERTIFICATE_INVALID',
    });
  });
});

describe('the registration key', () => {
  test('must be right, in the original’s words; before there is one nobody enrols', async () => {
    const server = await TestServer.start(onEnd);
    const { csr } = await createCertificateRequest('h');
    const json = { csr, registrationKey: 'wrong', hostname: 'h', os: 'o' };
    await expectAnswer(
      server.client.call('POST', '/ca/csr', { json }),
      500,
      'no registration key has been generated yet',
    );
    await server.registrationKey();
    await expectAnswer(server.client.call('POST', '/ca/csr', { json }), 401, 'invalild registration key');
  });

  test('cannot be guessed fast, at none of the doors', async () => {
    const clock = new SettableClock(Date.now());
    const server = await TestServer.start(onEnd, { clock });
    const registrationKey = await server.registrationKey();
    const { csr } = await createCertificateRequest('h');
    const attempt = async (key: string): Promise<number> => {
      const json = { csr, registrationKey: key, hostname: 'h', os: 'o' };
      return (await server.client.call('POST', '/ca/csr', { json })).status;
    };
    const guesses = [];
    for (let guess = 0; guess < 6; guess += 1) guesses.push(await attempt(`guess-${guess}`));
    const rightButTooSoon = await attempt(registrationKey);
    clock.advance(60_000);
    expect([guesses, rightButTooSoon, await attempt(registrationKey)]).toEqual([
      [401, 401, 401, 401, 401, 429],
      429,
      200,
    ]);
  });
});

describe('renewal', () => {
  test('gives the same agent a certificate for a new key; the old one goes on until a day after the first use', async () => {
    const clock = new SettableClock(Date.now());
    const server = await TestServer.start(onEnd, { clock });
    const { reply, client: old } = await enrol(server);
    const renewed = await renew(old);
    const next = server.clientWith(renewed);
    clock.advance(30 * DAY_MS);
    const beforeUse = await speaksFor(old, reply.agentID);
    const firstUse = await speaksFor(next, reply.agentID);
    const rightAfter = await speaksFor(old, reply.agentID);
    clock.advance(DAY_MS);
    expect({
      beforeUse,
      firstUse,
      rightAfter,
      oldADayLater: await speaksFor(old, reply.agentID),
      newADayLater: await speaksFor(next, reply.agentID),
    }).toEqual({
      beforeUse: true,
      firstUse: true,
      rightAfter: true,
      oldADayLater: false,
      newADayLater: true,
    });
  });

  test('works for thirty days after the end, where nothing else does', async () => {
    const clock = new SettableClock(Date.now());
    const server = await TestServer.start(onEnd, { clock });
    const { reply, client: old } = await enrol(server);
    clock.advance(119 * DAY_MS);
    const isKnown = await speaksFor(old, reply.agentID);
    const renewed = await renew(old);
    const next = await speaksFor(server.clientWith(renewed), reply.agentID);
    clock.advance(2 * DAY_MS);
    const tooLate = await renew(old);
    expect([isKnown, renewed.status, next, tooLate.status]).toEqual([false, 200, true, 400]);
  });

  test('is refused to a revoked agent', async () => {
    const server = await TestServer.start(onEnd);
    const { reply, client } = await enrol(server);
    const token = await server.token();
    const revoked = await server.client.call('DELETE', `/admin/agents/${reply.agentID}`, { token });
    expect([revoked.status, (await renew(client)).status]).toEqual([200, 400]);
  });

  test('is for agents alone', async () => {
    const server = await TestServer.start(onEnd);
    const { client: host } = await server.originalAgent('h.example');
    const refusal = "an agent's client certificate is required";
    for (const client of [server.client, host]) {
      const { csr } = await createCertificateRequest('x');
      await expectAnswer(client.call('POST', '/ca/renew', { json: { csr } }), 403, refusal);
    }
  });
});

describe('host certificates of the original', () => {
  const server = useTestServer();

  test('come with their key and the root, and the same again for the same host', async () => {
    const ask = async (): Promise<unknown> =>
      (await server().client.call('GET', '/ca/host-certificate', { json: { hostname: 'b.example' } })).json;
    const first = (await ask()) as { cert: string; key: string; root: string };
    expect(new X509Certificate(first.cert).checkPrivateKey(createPrivateKey(first.key))).toBe(true);
    expect(first.root).toBe(server().root);
    expect(await ask()).toEqual(first);
  });

  test.each([
    [{ json: {} }, 'hostname not found in the request'],
    [{ json: { hostname: '../x' } }, 'hostname in the request was not standard FQDN format'],
    [{ json: [] }, 'please ensure Content-Type is application/json'],
    [{ json: null }, 'please ensure Content-Type is application/json'],
  ])('are refused to %j in the original’s words', async (call, error) => {
    await expectAnswer(server().client.call('GET', '/ca/host-certificate', call), 400, error);
  });

  test.each([
    ['without a body', {}],
    ['with broken JSON', { body: '{', headers: { 'content-type': 'application/json' } }],
    ['without saying that it is JSON', { body: '{"hostname":"h"}', headers: {} }],
  ])('are refused to a request %s', async (_what, call) => {
    const { status } = await server().client.call('GET', '/ca/host-certificate', call);
    expect(status).toBe(400);
  });

  test('are not there unless the server was started for it, and the answer says how', async () => {
    const running = await startServer({
      dataDir: makeTempDir(onEnd),
      host: '127.0.0.1',
      port: 0,
      log: silentLogger,
    });
    onEnd(async () => await running.close());
    const client = new OriginalClient({ url: running.url, rejectUnauthorized: false });
    const answer = await client.call('GET', '/ca/host-certificate', { json: { hostname: 'h' } });
    expect([answer.status, answer.json]).toEqual([
      404,
      { error: expect.stringContaining('--legacy-capy') as unknown },
    ]);
  });
});
