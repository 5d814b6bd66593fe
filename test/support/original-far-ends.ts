import { silentLogger } from '../../src/lib/log.ts';
import { startServer } from '../../src/server/compose/server.ts';
import type { Cleanup } from './cleanup.ts';
import { OriginalClient, type OriginalAnswer, type OriginalCheckin } from './original-client.ts';
import { OriginalCommander } from './original-commander/original-commander.ts';
import { makeTempDir } from './temp-dir.ts';
import { zipOf } from './zip.ts';

type OnEnd = (cleanup: Cleanup) => void;

interface Addresses {
  readonly url: string;
  readonly capyUrl: string;
  readonly rootPem: string;
  readonly account: { username: string; password: string };
}

/**
 * Two servers that a client of the original must not be able to tell apart: `describe.each(FAR_ENDS)`. The fake original
 * passes the same tests as ours, or they would be no measure.
 */
export const FAR_ENDS: [string, () => Promise<FarEnd>][] = [
  ['the original', async () => await FarEnd.start(startTheOriginal)],
  ['our server', async () => await FarEnd.start(startOurs)],
];

/** A running server, an admin who is logged in, and an endpoint whose certificate came from CAPy. */
export class FarEnd {
  readonly addresses: Addresses;
  readonly admin: OriginalClient;
  readonly capy: OriginalClient;
  readonly endpoint: OriginalClient;
  readonly token: string;
  readonly #cleanups: Cleanup[];

  private constructor(
    fields: Pick<FarEnd, 'addresses' | 'admin' | 'capy' | 'endpoint' | 'token'>,
    cleanups: Cleanup[],
  ) {
    ({ addresses: this.addresses, admin: this.admin, token: this.token } = fields);
    ({ capy: this.capy, endpoint: this.endpoint } = fields);
    this.#cleanups = cleanups;
  }

  static async start(startServerThere: (onEnd: OnEnd) => Promise<Addresses>): Promise<FarEnd> {
    const cleanups: Cleanup[] = [];
    const addresses = await startServerThere((cleanup) => cleanups.push(cleanup));
    const { url, capyUrl, rootPem: ca, account } = addresses;
    const admin = new OriginalClient({ url, ca });
    const capy = new OriginalClient({ url: capyUrl, ca });
    const endpoint = new OriginalClient({ url, ca, ...(await pairFrom(capy, 'endpoint.example')) });
    const token = await admin.login(account.username, account.password);
    return new FarEnd({ addresses, admin, capy, endpoint, token }, cleanups);
  }

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }

  async registrationKey(): Promise<string> {
    const { json } = await this.admin.call('GET', '/admin/registration-key', { token: this.token });
    return (json as { registrationKey: string }).registrationKey;
  }

  /** @returns a new agentID */
  async register(): Promise<string> {
    return await this.endpoint.register(await this.registrationKey());
  }

  async upload(filename: string, archive?: Buffer): Promise<void> {
    const entry = { executor: 'bash', filename, description: '', os: 'Linux' };
    const content = archive ?? (await zipOf({ [filename]: 'echo hello' }));
    requireOk(await this.admin.upload(this.token, entry, content));
  }

  async assign(agentID: string, filename: string, argv: string[] = []): Promise<void> {
    const json = { agentID, filename, argv };
    requireOk(await this.admin.call('POST', '/admin/jobs', { token: this.token, json }));
  }

  async checkIn(agentID: string): Promise<OriginalCheckin> {
    const checkin = await this.endpoint.checkin(JSON.stringify({ 'Agent-ID': agentID }));
    this.#cleanups.push(() => checkin.terminate());
    return checkin;
  }
}

function requireOk(answer: OriginalAnswer): void {
  if (answer.status !== 200) throw new Error(`Refused with ${answer.status}: ${answer.bytes.toString()}`);
}

/** How the original's endpoints get their pair: CAPy makes it for whoever asks. */
export async function pairFrom(
  capy: OriginalClient,
  hostname: string,
): Promise<{ cert: string; key: string }> {
  const { json, status } = await capy.call('GET', '/ca/host-certificate', { json: { hostname } });
  if (status !== 200) throw new Error(`CAPy answered ${status}`);
  const { cert, key } = json as { cert: string; key: string };
  return { cert, key };
}

async function startTheOriginal(onEnd: OnEnd): Promise<Addresses> {
  const original = await OriginalCommander.start({ oddities: { pollIntervalMs: 20, batchAckBug: false } });
  onEnd(() => original.close());
  const { url, capyUrl, rootPem } = original;
  return { url, capyUrl, rootPem, account: { username: 'admin', password: 'Letmein123!' } };
}

async function startOurs(onEnd: OnEnd): Promise<Addresses> {
  const dataDir = makeTempDir(onEnd);
  const place = { dataDir, host: '127.0.0.1', port: 0, names: ['localhost'] };
  const server = await startServer({ ...place, legacyCapy: true, log: silentLogger });
  onEnd(() => server.close());
  const { url, firstAdmin } = server;
  if (firstAdmin === undefined) throw new Error('A first start makes an admin');
  const { json } = await new OriginalClient({ url, rejectUnauthorized: false }).call('GET', '/ca/root-trust');
  return { url, capyUrl: url, rootPem: (json as { root: string }).root, account: firstAdmin };
}
