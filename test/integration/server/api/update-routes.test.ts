import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { validateBlockMap, validateReleaseTarget } from '../../../../src/protocol/generated/releases.js';
import { agentExecutable } from '../../../support/agent-executable.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { expectAnswer } from '../../../support/expect-answer.ts';
import type { OriginalAnswer, OriginalClient } from '../../../support/original-client.ts';
import { publishAt } from '../../../support/releases-at.ts';
import { useTestServer } from '../../../support/test-server.ts';
import { TufClient } from '../../../support/tuf-client.ts';

const RELEASE = { version: '1.1.0', platform: 'linux-x64' } as const;
const CONTENT = 'x'.repeat(200_000);
const FILE = agentExecutable(RELEASE, CONTENT);

const onEnd = useCleanup();
const server = useTestServer();
let agent: OriginalClient;
let sha256: string;
let firstRoot: string;

beforeAll(async () => {
  ({ client: agent } = await server().agent('web-1'));
  firstRoot = (await get('metadata/1.root.json')).bytes.toString();
  sha256 = await publishAt(server(), RELEASE, CONTENT);
});

test('an agent gets from its TUF root to the executable and its blocks', async () => {
  const client = tufClient(firstRoot);
  const [executable, blocks] = [
    await client.target('1.1.0/linux-x64/commander-agent'),
    await client.target('1.1.0/linux-x64/blocks.json'),
  ];
  expect(executable).toMatchObject({ length: FILE.length, hashes: { sha256 } });
  expect(validateReleaseTarget(executable?.custom)).toBe(true);
  const map = await get(`targets/${blocks?.hashes['sha256'] ?? ''}`);
  expect([map.status, map.bytes.length]).toEqual([200, blocks?.length]);
  expect(validateBlockMap(map.json)).toBe(true);
  const { bytes } = await get(`targets/${sha256}`);
  expect(bytes.equals(FILE)).toBe(true);
});

test('a client of before follows new keys, and refuses metadata that was changed on its way', async () => {
  const client = tufClient(firstRoot);
  await client.refresh();
  await server().admin('POST', '/admin/releases/keys/rotate', { roles: ['root', 'targets', 'timestamp'] });
  const tampered = async (name: string): Promise<Buffer | undefined> => {
    const content = await metadata(name);
    return name.includes('targets') ? Buffer.from(String(content).replace('1.1.0', '1.1.1')) : content;
  };
  await expect(client.refresh(tampered)).rejects.toThrow();
  await client.refresh();
  expect(await client.target('1.1.0/linux-x64/commander-agent')).toBeDefined();
});

test('the root comes with the identity', async () => {
  const { releasesRoot = '' } = await server().enrol('web-3');
  const client = tufClient(releasesRoot);
  await client.refresh();
  expect(await client.target('1.1.0/linux-x64/commander-agent')).toBeDefined();
});

describe('metadata', () => {
  test('with a number never changes; the timestamp does', async () => {
    const caching = async (name: string): Promise<unknown> =>
      (await get(`metadata/${name}`)).headers['cache-control'];
    expect(await caching('1.root.json')).toBe('private, max-age=31536000, immutable');
    expect(await caching('timestamp.json')).toBe('no-cache');
  });

  test.each(['99.root.json', 'root.json', 'draft.json', '0.root.json', '..%2Fkeys', '1.root.json.tmp'])(
    '"%s" is not there',
    async (name) => {
      await expectAnswer(get(`metadata/${name}`), 404, 'there is no such metadata');
    },
  );
});

describe('a target', () => {
  test.each([
    ['bytes=0-9', 206, 'bytes 0-9', FILE.subarray(0, 10)],
    ['bytes=100000-', 206, 'bytes 100000-', FILE.subarray(100_000)],
    ['bytes=-5', 206, `bytes ${FILE.length - 5}-`, FILE.subarray(-5)],
  ])('is sent from where it is wanted: %s', async (range, status, contentRange, bytes) => {
    const answer = await get(`targets/${sha256}`, { range });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-range']).toContain(contentRange);
    expect(hashOf(answer.bytes)).toBe(hashOf(bytes));
  });

  test('has nothing behind its end', async () => {
    const { status, headers } = await get(`targets/${sha256}`, { range: `bytes=${FILE.length}-` });
    expect([status, headers['content-range']]).toEqual([416, `bytes */${FILE.length}`]);
  });

  test.each(['f'.repeat(64), 'draft.json', '..%2Fmetadata%2F1.root.json'])(
    '"%s" is not there',
    async (name) => {
      await expectAnswer(get(`targets/${name}`), 404, 'no release has this file');
    },
  );
});

describe('without the certificate of an agent', () => {
  test.each(['metadata/timestamp.json', 'metadata/1.root.json', 'targets/'])(
    'nobody gets %s',
    async (path) => {
      const whole = path === 'targets/' ? path + sha256 : path;
      expect((await server().client.call('GET', `/agent/updates/${whole}`)).status).toBe(403);
    },
  );

  test('nor does an agent that was revoked', async () => {
    const { client, agentID } = await server().agent('web-2');
    const status = async (): Promise<number> =>
      (await client.call('GET', '/agent/updates/metadata/timestamp.json')).status;
    expect(await status()).toBe(200);
    await server().admin('DELETE', `/admin/agents/${agentID}`);
    expect(await status()).toBe(400);
  });
});

async function get(path: string, headers: Record<string, string> = {}): Promise<OriginalAnswer> {
  return await agent.call('GET', `/agent/updates/${path}`, { headers });
}

async function metadata(name: string): Promise<Buffer | undefined> {
  const { status, bytes } = await get(`metadata/${name}`);
  return status === 200 ? bytes : undefined;
}

function tufClient(root: string): TufClient {
  return new TufClient(root, { fetch: metadata, onEnd });
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
