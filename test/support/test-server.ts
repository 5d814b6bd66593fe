import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { systemClock, type Clock } from '../../src/lib/clock.ts';
import { createCertificateRequest } from '../../src/lib/certificate-request.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { formatJoinToken } from '../../src/protocol/join-token.ts';
import type { EnrollReply } from '../../src/protocol/schemas/certificates.ts';
import type { LibraryUpload } from '../../src/protocol/schemas/admin/library.ts';
import { startServer, type RunningServer } from '../../src/server/compose/server.ts';
import type { Cleanup } from './cleanup.ts';
import { OriginalClient } from './original-client.ts';
import { makeTempDir } from './temp-dir.ts';
import { zipOf, type ZipContent } from './zip.ts';

export interface TestServerOptions {
  clock?: Clock;
}

export interface TestAgent {
  readonly client: OriginalClient;
  readonly agentID: string;
}

/** One server for all tests of a describe block or file. Call it there, and the function it gives back in the tests. */
export function useTestServer(options: TestServerOptions = {}): () => TestServer {
  const cleanups: Cleanup[] = [];
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await TestServer.start((cleanup) => cleanups.unshift(cleanup), options);
  });
  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup();
  });
  return () => {
    if (server === undefined) throw new Error('The server is there once the tests run');
    return server;
  };
}

/** The whole server on a port of its own with an empty folder, and clients with the certificates that it issued. */
export class TestServer {
  readonly dataDir: string;
  readonly running: RunningServer;
  /** Has no certificate: an admin of the original. */
  readonly client: OriginalClient;
  readonly root: string;
  readonly password: string;
  #token: Promise<string> | undefined;

  private constructor(running: RunningServer, fields: Pick<TestServer, 'dataDir' | 'root' | 'password'>) {
    ({ dataDir: this.dataDir, root: this.root, password: this.password } = fields);
    this.running = running;
    this.client = this.clientWith();
  }

  static async start(
    onEnd: (cleanup: Cleanup) => void,
    { clock = systemClock }: TestServerOptions = {},
  ): Promise<TestServer> {
    const dataDir = makeTempDir(onEnd);
    const running = await startServer({
      dataDir,
      host: '127.0.0.1',
      port: 0,
      names: ['localhost'],
      legacyCapy: true,
      log: silentLogger,
      clock,
    });
    onEnd(async () => await running.close());
    const [root = ''] =
      /-----BEGIN CERTIFICATE-----.*/s.exec(readFileSync(join(dataDir, 'ca/root.pem'), 'utf8')) ?? [];
    return new TestServer(running, { dataDir, root, password: running.firstAdmin?.password ?? '' });
  }

  clientWith(pair: { cert?: string; key?: string } = {}): OriginalClient {
    return new OriginalClient({ url: this.running.url, ca: this.root, ...pair });
  }

  /** Logged in once: passwords are slow to check, on purpose. */
  async token(): Promise<string> {
    this.#token ??= this.client.login('admin', this.password);
    return await this.#token;
  }

  async registrationKey(): Promise<string> {
    const { json } = await this.client.call('GET', '/admin/registration-key', { token: await this.token() });
    return (json as { registrationKey: string }).registrationKey;
  }

  /** All that an agent of ours needs to join. */
  async joinToken(): Promise<string> {
    const { url, fingerprint } = this.running;
    return formatJoinToken({ serverUrl: url, fingerprint, registrationKey: await this.registrationKey() });
  }

  /** An endpoint of the original: certificate and key from CAPy, its ID from a registration. */
  async originalAgent(hostname: string): Promise<TestAgent> {
    const { json } = await this.client.call('GET', '/ca/host-certificate', { json: { hostname } });
    const client = this.clientWith(json as { cert: string; key: string });
    return { client, agentID: await client.register(await this.registrationKey(), hostname) };
  }

  /** An endpoint of ours: its key is its own, its ID is in its certificate. */
  async agent(hostname: string): Promise<TestAgent> {
    const { agentID, cert, key } = await this.enrol(hostname);
    return { client: this.clientWith({ cert, key }), agentID };
  }

  /** What the server answers to an enrolment, and the key that it was for. */
  async enrol(hostname: string): Promise<EnrollReply & { key: string }> {
    const { key, csr } = await createCertificateRequest(hostname);
    const registrationKey = await this.registrationKey();
    const json = { csr, registrationKey, hostname, os: 'Linux' };
    return { ...((await this.client.call('POST', '/ca/csr', { json })).json as EnrollReply), key };
  }

  /** Puts a job, or what `more` says, into the library whose file says "true". */
  async addToLibrary(
    filename: string,
    content: ZipContent = { [filename]: 'true' },
    more: Partial<LibraryUpload> = {},
  ): Promise<Buffer> {
    const archive = await zipOf(content);
    const entry = { executor: 'sh', filename, description: 'Runs', os: 'linux', ...more };
    const { status, bytes } = await this.client.upload(await this.token(), entry, archive);
    if (status !== 200) throw new Error(`Upload failed: ${status} ${bytes.toString()}`);
    return archive;
  }

  /** As an admin. @throws Error unless the server says 200 */
  async admin(method: string, path: string, json?: unknown): Promise<unknown> {
    const token = await this.token();
    const answer = await this.client.call(method, path, { token, ...(json === undefined ? {} : { json }) });
    if (answer.status === 200) return answer.json;
    throw new Error(`${method} ${path} gave ${answer.status}: ${answer.bytes.toString()}`);
  }

  /** @returns the job's ID */
  async assign(agentID: string, filename: string, more: Record<string, unknown> = {}): Promise<string> {
    const json = { agentID, filename, argv: [], ...more };
    const answer = await this.client.call('POST', '/admin/jobs', { token: await this.token(), json });
    if (answer.status !== 200) throw new Error(`Cannot assign: ${answer.status} ${answer.bytes.toString()}`);
    return (answer.json as { jobID: string }).jobID;
  }

  async job(jobID: string): Promise<Record<string, unknown>> {
    const { json } = await this.client.call('GET', `/admin/jobs/${jobID}`, { token: await this.token() });
    return json as Record<string, unknown>;
  }
}
