import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { enroll } from '../../../../src/agent/enrollment/enroll.ts';
import { IdentityFolder } from '../../../../src/agent/enrollment/identity-folder.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { currentPlatform } from '../../../../src/platform/select.ts';
import type { EnrollOrder, EnrollSummary } from '../../../../src/protocol/endpoint.ts';
import { fingerprintOf } from '../../../../src/protocol/fingerprint.ts';
import { formatJoinToken } from '../../../../src/protocol/join-token.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ScriptedServer, reply, type Script } from '../../../support/scripted-server.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { readWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();

interface Endpoint {
  readonly stateDir: string;
  readonly folder: IdentityFolder;
  readonly enroll: (order: EnrollOrder) => Promise<EnrollSummary>;
}

function newEndpoint(): Endpoint {
  const stateDir = join(makeTempDir(onEnd), 'state');
  const platform = currentPlatform();
  const folder = new IdentityFolder({ stateDir, platform });
  const signal = new AbortController().signal;
  const options = { folder, platform, hostname: 'web-1', userAgent: 'test/1', clock: systemClock, signal };
  return { stateDir, folder, enroll: async (order) => await enroll(order, options) };
}

/** A server that enrols whoever has the key "good", as ours does. */
async function startServer(
  changes: Record<string, Script> = {},
): Promise<{ server: ScriptedServer; token: string }> {
  const server = await ScriptedServer.start(onEnd);
  const { rootPem } = server.authority;
  const scripts: Record<string, Script> = {
    'GET /ca/root-trust': (_, response) => reply(response, 200, { root: rootPem }),
    'POST /ca/csr': async ({ body }, response) => {
      const { csr, registrationKey } = JSON.parse(body) as { csr: string; registrationKey: string };
      if (registrationKey === 'good') {
        reply(response, 200, {
          agentID: 'agent-7',
          cert: await server.authority.sign(csr),
          roots: [rootPem],
        });
      } else {
        reply(response, 401, { error: 'invalild registration key' });
      }
    },
    ...changes,
  };
  server.script = async (request, response) => {
    const script = scripts[request.line];
    if (script === undefined) response.writeHead(404).end();
    else await script(request, response);
  };
  return { server, token: tokenFor(server) };
}

function tokenFor(
  server: ScriptedServer,
  changes: { fingerprint?: string; registrationKey?: string } = {},
): string {
  const fingerprint = fingerprintOf(server.authority.rootPem);
  return formatJoinToken({ serverUrl: server.url, fingerprint, registrationKey: 'good', ...changes });
}

test('a join token is all that is needed', async () => {
  const { server, token } = await startServer();
  const endpoint = newEndpoint();
  const summary = await endpoint.enroll({ token });
  const identity = endpoint.folder.load();
  expect(summary).toEqual({
    agentID: 'agent-7',
    server: server.url,
    fingerprint: fingerprintOf(server.authority.rootPem),
    certificateExpiresAt: new X509Certificate(identity?.credentials.cert ?? '').validToDate.toISOString(),
    warnings: [],
  });
  expect(identity).toMatchObject({ agentID: 'agent-7', serverUrl: server.url, issuer: 'server' });
});

test('the root comes over a connection of its own, and the key stays here', async () => {
  const { server, token } = await startServer();
  const endpoint = newEndpoint();
  await endpoint.enroll({ token });
  const [root, csr] = server.seen;
  expect(server.seen.map(({ line }) => line)).toEqual(['GET /ca/root-trust', 'POST /ca/csr']);
  expect(root?.body).toBe('');
  expect(JSON.parse(csr?.body ?? '')).toEqual({
    csr: expect.stringMatching(/^-----BEGIN CERTIFICATE REQUEST-----/),
    registrationKey: 'good',
    hostname: 'web-1',
    os: currentPlatform().osLabel,
  });
});

test('a bare fingerprint does as well, and trust on first use does with a warning', async () => {
  const { server } = await startServer();
  const order = { server: server.url, registrationKey: 'good' };
  const fingerprint = fingerprintOf(server.authority.rootPem);
  const pinned = await newEndpoint().enroll({ ...order, caFingerprint: fingerprint });
  const trusting = await newEndpoint().enroll({ ...order, trustOnFirstUse: true });
  expect([pinned.warnings, trusting.warnings]).toEqual([
    [],
    [expect.stringContaining('trusted at first sight')],
  ]);
  expect(trusting.fingerprint).toBe(fingerprint);
});

describe('what goes wrong is said, and leaves nothing behind', () => {
  async function expectRefusal(order: EnrollOrder, error: object): Promise<void> {
    const endpoint = newEndpoint();
    await expect(endpoint.enroll(order)).rejects.toMatchObject(error);
    expect(existsSync(endpoint.stateDir)).toBe(false);
  }

  test('another root than the one that was pinned; and the key is not shown to that server', async () => {
    const { server } = await startServer();
    const token = tokenFor(server, { fingerprint: 'ab'.repeat(32) });
    await expectRefusal(
      { token },
      { code: 'FINGERPRINT_MISMATCH', message: expect.stringContaining('not the expected abab') },
    );
    expect(server.seen.map(({ line }) => line)).toEqual(['GET /ca/root-trust']);
  });

  test('a server that shows the right root but has another certificate', async () => {
    const honest = await ScriptedServer.start(onEnd);
    const { server } = await startServer({
      'GET /ca/root-trust': (_, response) => reply(response, 200, { root: honest.authority.rootPem }),
    });
    const token = tokenFor(server, { fingerprint: fingerprintOf(honest.authority.rootPem) });
    await expectRefusal(
      { token },
      { code: 'SERVER_UNREACHABLE', message: expect.stringContaining('did not sign') },
    );
    expect(server.seen.map(({ line }) => line)).toEqual(['GET /ca/root-trust']);
  });

  test('a wrong registration key', async () => {
    const { server } = await startServer();
    await expectRefusal(
      { token: tokenFor(server, { registrationKey: 'old' }) },
      { code: 'CREDENTIALS_REFUSED', message: expect.stringContaining('commander token create') },
    );
  });

  test('a server that is down', async () => {
    const { server, token } = await startServer();
    const { url } = server;
    await server.stop();
    await expectRefusal({ token }, { code: 'SERVER_UNREACHABLE', message: `Cannot reach "${url}"` });
  });

  test.each<[string, string, Script, string]>([
    ['a failing server', 'POST /ca/csr', (_, response) => reply(response, 500, {}), 'SERVER_ERROR'],
    [
      'a proxy whose server is down',
      'GET /ca/root-trust',
      (_, response) => response.writeHead(502).end(readWire('nginx/502.html')),
      'SERVER_ERROR',
    ],
    [
      'something that is no server of ours',
      'GET /ca/root-trust',
      (_, response) => response.end('<html>'),
      'MESSAGE_INVALID',
    ],
    [
      'an answer without an ID',
      'POST /ca/csr',
      (_, response) => reply(response, 200, { cert: 'x' }),
      'MESSAGE_INVALID',
    ],
  ])('%s', async (_, line, script, code) => {
    const { token } = await startServer({ [line]: script });
    await expectRefusal({ token }, { code });
  });
});

describe('an endpoint that is enrolled already', () => {
  test('is left alone, and the server is not asked', async () => {
    const { server, token } = await startServer();
    const endpoint = newEndpoint();
    await endpoint.enroll({ token });
    const before = readTree(endpoint.stateDir);
    await expect(endpoint.enroll({ token })).rejects.toMatchObject({
      code: 'ALREADY_ENROLLED',
      message: expect.stringContaining('"--force"'),
    });
    expect(readTree(endpoint.stateDir)).toEqual(before);
    expect(server.seen).toHaveLength(2);
  });

  test('says so before anything else, so that whoever only wants it enrolled needs to know nothing', async () => {
    const { token } = await startServer();
    const endpoint = newEndpoint();
    await endpoint.enroll({ token });
    await expect(endpoint.enroll({})).rejects.toMatchObject({ code: 'ALREADY_ENROLLED' });
  });

  test('becomes another agent with --force', async () => {
    const { token } = await startServer();
    const endpoint = newEndpoint();
    await endpoint.enroll({ token });
    const before = endpoint.folder.load();
    await endpoint.enroll({ token, force: true });
    expect(endpoint.folder.load()?.credentials.key).not.toBe(before?.credentials.key);
  });

  test('keeps its identity when an enrolment with --force fails', async () => {
    const { server, token } = await startServer();
    const endpoint = newEndpoint();
    await endpoint.enroll({ token });
    const before = readTree(endpoint.stateDir);
    const wrong = tokenFor(server, { registrationKey: 'old' });
    await expect(endpoint.enroll({ token: wrong, force: true })).rejects.toMatchObject({
      code: 'CREDENTIALS_REFUSED',
    });
    expect(readTree(endpoint.stateDir)).toEqual(before);
  });
});

function readTree(dir: string): [string, string][] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path, 'utf8')];
    })
    .sort();
}
