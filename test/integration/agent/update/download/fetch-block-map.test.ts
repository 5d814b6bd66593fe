import { expect, test } from '@jest/globals';
import { fetchBlockMap } from '../../../../../src/agent/update/download/fetch-block-map.ts';
import type { BlockMap } from '../../../../../src/protocol/schemas/releases.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { cutBytes } from '../../../../support/cut-bytes.ts';
import { noise } from '../../../../support/noise.ts';
import { hashOf } from '../../../../support/release-repository.ts';
import { startRemote } from '../../../../support/remote-world.ts';

const onEnd = useCleanup();
const content = noise(100_000);
const executable = { size: content.length, sha256: hashOf(content) };

interface Signed {
  /** What the release keys have signed; by default what is sent. */
  readonly text?: string;
  readonly size?: number;
}

/** From a server that sends `sent`, or has nothing. */
async function fetchSent(sent: string | undefined, signed: Signed = {}): Promise<BlockMap> {
  const { server, client } = await startRemote(onEnd);
  server.script = (_, response) =>
    sent === undefined ? response.writeHead(404).end() : response.writeHead(200).end(sent);
  const text = signed.text ?? sent ?? '';
  const blockMap = { size: signed.size ?? text.length, sha256: hashOf(Buffer.from(text)) };
  const { signal } = new AbortController();
  return await fetchBlockMap(client, { agentID: 'agent-1', release: { blockMap, executable }, signal });
}

test('a map that is what was signed is believed', async () => {
  const map = await cutBytes(content);
  expect(await fetchSent(JSON.stringify(map))).toEqual(map);
});

const SPOILT: Record<string, { textOf: (map: BlockMap) => string; signed?: Signed }> = {
  'is not what was signed': { textOf: (map) => JSON.stringify(map), signed: { text: 'x'.repeat(9999) } },
  'is longer than was signed': { textOf: (map) => JSON.stringify(map), signed: { text: 'x' } },
  'is larger than any': { textOf: (map) => JSON.stringify(map), signed: { size: 2 ** 30 } },
  'is no map': { textOf: () => '[]' },
  'was cut in another way': { textOf: (map) => JSON.stringify({ ...map, cutting: 'gear-2' }) },
  'is that of another file': { textOf: (map) => JSON.stringify({ ...map, sha256: 'a'.repeat(64) }) },
  'has another size': { textOf: (map) => JSON.stringify({ ...map, size: map.size + 1 }) },
  'lacks a block': { textOf: (map) => JSON.stringify({ ...map, blocks: map.blocks.slice(1) }) },
};

test.each(Object.entries(SPOILT))('a map that %s is not', async (_, { textOf, signed }) => {
  const sent = textOf(await cutBytes(content));
  await expect(fetchSent(sent, signed)).rejects.toMatchObject({ code: 'RELEASE_UNTRUSTED' });
});

test('one that the server has lost is missing', async () => {
  await expect(fetchSent(undefined)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
});
