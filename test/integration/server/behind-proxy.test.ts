import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../src/lib/certificate-request.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../../src/server/compose/server.ts';
import { describeUnless } from '../../installers/support/describe-with.ts';
import { AgentInProcess } from '../../support/agent-in-process.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { startNginx, whyNoNginx } from '../../support/nginx.ts';
import { OriginalClient } from '../../support/original-client.ts';
import { runCommander, type CommandRun, type RunOptions } from '../../support/run-commander.ts';
import { SettableClock } from '../../support/settable-clock.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { startTlsProxy, type ProxyOptions } from '../../support/tls-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

const DAY_MS = 24 * 60 * 60_000;

type StartProxy = (onEnd: (cleanup: Cleanup) => void, options: ProxyOptions) => Promise<void>;

interface Pair {
  cert: string;
  key: string;
}

/** A server as docs/proxy.md sets it up: its certificate fetched before the proxy was there, then restarted behind it. */
class ProxiedServer {
  readonly #onEnd: (cleanup: Cleanup) => void;
  readonly #dataDir: string;
  readonly #configDir: string;
  /** Of an agent that enrolled 100 days ago, and has been switched off since. */
  expired: Pair = { cert: '', key: '' };
  password = '';
  fingerprint = '';
  root = '';
  url = '';

  constructor(onEnd: (cleanup: Cleanup) => void) {
    this.#onEnd = onEnd;
    this.#dataDir = makeTempDir(onEnd);
    this.#configDir = makeTempDir(onEnd);
  }

  async start(startProxy: StartProxy): Promise<void> {
    const certificateDir = join(this.#configDir, 'certificate');
    await this.#getCertificate(certificateDir);
    await this.#enrolLongAgo();
    const [port, targetPort] = [await freePort(), await freePort()];
    this.url = `https://localhost:${port}`;
    const behindProxy = { trustedAddresses: ['127.0.0.1'] };
    const server = await this.#serve({ port: targetPort, behindProxy, publicUrl: this.url });
    this.#onEnd(async () => await server.close());
    await startProxy(this.#onEnd, { port, targetPort, certificateDir });
    await this.#logIn(this.url);
  }

  async run(argv: string[], options: RunOptions = {}): Promise<CommandRun> {
    const result = await runCommander(argv, this.#configDir, options);
    if (result.code !== 0) throw new Error(`commander ${argv.join(' ')}: ${result.stderr}`);
    return result;
  }

  clientWith(pair: Partial<Pair> = {}): OriginalClient {
    return new OriginalClient({ url: this.url, ca: this.root, ...pair });
  }

  async #getCertificate(out: string): Promise<void> {
    const server = await this.#serve({ port: 0, names: ['localhost'] });
    this.password = server.firstAdmin?.password ?? '';
    this.fingerprint = server.fingerprint;
    await this.#logIn(server.url);
    const env = { COMMANDER_PASSWORD: this.password };
    const names = ['--name', 'localhost', '--name', '127.0.0.1'];
    await this.run(['server-certificate', ...names, '--out', out], { env });
    await server.close();
  }

  async #enrolLongAgo(): Promise<void> {
    const clock = new SettableClock(Date.now() - 100 * DAY_MS);
    const server = await this.#serve({ port: 0, names: ['localhost'], clock });
    const client = new OriginalClient({ url: server.url, rejectUnauthorized: false });
    const token = await client.login('admin', this.password);
    const { registrationKey } = (await client.call('GET', '/admin/registration-key', { token })).json as {
      registrationKey: string;
    };
    const { key, csr } = await createCertificateRequest('sleeper');
    const json = { csr, registrationKey, hostname: 'sleeper', os: 'Linux' };
    const { cert, roots } = (await client.call('POST', '/ca/csr', { json })).json as {
      cert: string;
      roots: [string];
    };
    this.expired = { cert, key };
    [this.root] = roots;
    await server.close();
  }

  async #logIn(url: string): Promise<void> {
    const env = { COMMANDER_PASSWORD: this.password };
    await this.run(['login', '--server', url, '--ca-fingerprint', this.fingerprint], { env });
  }

  async #serve(options: Partial<ServerOptions>): Promise<RunningServer> {
    const common = { dataDir: this.#dataDir, host: '127.0.0.1', port: 0, log: silentLogger };
    return await startServer({ ...common, clock: systemClock, ...options });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('a server behind a proxy of few words', () => testBehind(startTlsProxy));
describeUnless(whyNoNginx(), 'a server behind nginx, configured as docs/proxy.md says', () =>
  testBehind(startNginx),
);

function testBehind(startProxy: StartProxy): void {
  const cleanups: Cleanup[] = [];
  const onEnd = (cleanup: Cleanup): unknown => cleanups.unshift(cleanup);
  let server: ProxiedServer;
  let agent: AgentInProcess;
  let agentID: string;

  beforeAll(async () => {
    server = new ProxiedServer(onEnd);
    await server.start(startProxy);
    agent = new AgentInProcess(onEnd);
    const token = (await server.run(['token', 'create'])).stdout.trim();
    ({ agentID } = await agent.enroll({ token }));
  });

  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  test('is trusted by an agent, and knows it by its certificate', async () => {
    agent.start();
    await waitFor(() => agent.status.state === 'connected', { what: 'the agent to connect' });
    expect(agent.status).toMatchObject({ server: server.url, protocol: 2 });
    const { stdout } = await server.run(['agents', 'show', agentID, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ agentID, connected: true });
  });

  test('believes no certificate that a client writes into a header', async () => {
    const headers = { 'X-Client-Cert': encodeURIComponent(server.expired.cert) };
    const { status } = await server.clientWith().call('POST', '/agent/history', { headers, json: {} });
    expect(status).toBe(403);
  });

  test('renews the certificate of an agent that was away for too long, and lets it do nothing else', async () => {
    const sleeper = server.clientWith(server.expired);
    const { csr } = await createCertificateRequest('sleeper');
    expect(await sleeper.call('POST', '/ca/renew', { json: { csr } })).toMatchObject({
      status: 200,
      json: { cert: expect.stringContaining('BEGIN CERTIFICATE') },
    });
    expect(await sleeper.call('POST', '/agent/history', { json: {} })).toMatchObject({
      status: 400,
      headers: { 'commander-certificate': 'expired' },
    });
  });

  test('takes an installer through it and hands it out again', async () => {
    const content = Buffer.alloc(17 * 1024 * 1024, 'x');
    const form = new FormData();
    form.append('file', new Blob([content]), 'commander-agent-linux-x64');
    const token = await server.clientWith().login('admin', server.password);
    expect(await server.clientWith().call('POST', '/admin/installers', { token, form })).toMatchObject({
      status: 200,
    });
    const { bytes } = await server.clientWith().call('GET', '/download/commander-agent-linux-x64');
    expect(bytes.equals(content)).toBe(true);
  });

  test('gives the next certificate for the proxy through it', async () => {
    const out = makeTempDir(onEnd);
    const env = { COMMANDER_PASSWORD: server.password };
    const { stdout } = await server.run(
      ['server-certificate', '--name', 'localhost', '--out', out, '--json'],
      { env },
    );
    expect(JSON.parse(stdout)).toMatchObject({ certificate: join(out, 'server.pem') });
  });
}
