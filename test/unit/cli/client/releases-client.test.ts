import { expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import type { ReleasesClient } from '../../../../src/cli/client/releases-client.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { SIGNED, sampleReleases } from '../../../support/sample-releases.ts';

const onEnd = useCleanup();
const KEY = { role: 'root', keyID: 'a'.repeat(64), privateKey: '-----BEGIN PRIVATE KEY-----' } as const;
const STAGED = { version: '1.1.0', platform: 'linux-x64', size: 3, sha256: 'a'.repeat(64) } as const;

interface Call {
  call: (releases: ReleasesClient) => Promise<unknown>;
  line: string;
  body?: unknown;
  reply: unknown;
  gives?: unknown;
}

test.each<Call>([
  { call: (releases) => releases.list(), line: 'GET /admin/releases', reply: sampleReleases() },
  {
    call: (releases) => releases.stage('agent', new Blob(['abc']), () => undefined),
    line: 'POST /admin/releases/files',
    body: { file: { filename: 'agent', bytes: Buffer.from('abc') } },
    reply: STAGED,
  },
  {
    call: (releases) => releases.publish([STAGED.sha256]),
    line: 'POST /admin/releases',
    body: { files: [STAGED.sha256] },
    reply: SIGNED,
  },
  { call: (releases) => releases.remove('1.1.0'), line: 'DELETE /admin/releases/1.1.0', reply: SIGNED },
  { call: (releases) => releases.draft(), line: 'GET /admin/releases/draft', reply: SIGNED },
  { call: (releases) => releases.sign({}), line: 'POST /admin/releases/draft', body: {}, reply: SIGNED },
  {
    call: (releases) => releases.rotateKeys(['root']),
    line: 'POST /admin/releases/keys/rotate',
    body: { roles: ['root'] },
    reply: SIGNED,
  },
  {
    call: (releases) => releases.extend(['root']),
    line: 'POST /admin/releases/keys/extend',
    body: { roles: ['root'] },
    reply: SIGNED,
  },
  {
    call: (releases) => releases.exportKeys('a.b.c', ['root']),
    line: 'POST /admin/releases/keys/export',
    body: { roles: ['root'] },
    reply: { keys: [KEY] },
    gives: [KEY],
  },
])('$line', async ({ call, line, body, reply, gives = reply }) => {
  const server = await start(line, reply);
  expect(await call(server.client.releases)).toEqual(gives);
  expect(server.seen).toMatchObject([{ line, body }]);
});

test.each<Omit<Call, 'reply'>>([
  { call: (releases) => releases.discardDraft(), line: 'DELETE /admin/releases/draft' },
  {
    call: (releases) => releases.removeKeys('a.b.c', [KEY.keyID]),
    line: 'DELETE /admin/releases/keys',
    body: { keyIDs: [KEY.keyID] },
  },
])('$line', async ({ call, line, body }) => {
  const server = await start(line, { success: 'done' });
  expect(await call(server.client.releases)).toBeUndefined();
  expect(server.seen).toMatchObject([{ line, body }]);
});

test('an upload says how far it is', async () => {
  const { client } = await start('POST /admin/releases/files', STAGED);
  const told: number[] = [];
  await client.releases.stage('agent', new Blob(['x'.repeat(1_000_000)]), (bytes) => told.push(bytes));
  expect(told.at(-1)).toBeGreaterThanOrEqual(1_000_000);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
});

async function start(
  line: string,
  json: unknown,
): Promise<{ client: AdminClient; seen: AdminServer['seen'] }> {
  const server = await AdminServer.start();
  onEnd(async () => await server.close());
  server.answer(line, { json });
  const client = new AdminClient({ server: server.url, roots: [server.authority.rootPem] });
  return { client, seen: server.seen };
}
