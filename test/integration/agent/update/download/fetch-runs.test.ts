import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fetchRuns } from '../../../../../src/agent/update/download/fetch-runs.ts';
import { PartFile } from '../../../../../src/agent/update/download/part-file.ts';
import { Throttle } from '../../../../../src/agent/update/download/throttle.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { cutBytes } from '../../../../support/cut-bytes.ts';
import { noise } from '../../../../support/noise.ts';
import { hashOf } from '../../../../support/release-repository.ts';
import { startRemote } from '../../../../support/remote-world.ts';
import { releaseScript } from '../../../../support/serve-releases.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const MIB = 1024 * 1024;
const content = noise(18 * MIB);

async function start() {
  const { server, client } = await startRemote(onEnd);
  const files = new Map([[hashOf(content), Buffer.from(content)]]);
  const honest = releaseScript({ metadata: new Map(), files });
  server.script = honest;
  const map = await cutBytes(content);
  const { signal } = new AbortController();
  const part = await PartFile.open(join(makeTempDir(onEnd), 'part'), map, signal);
  onEnd(async () => await part.close());
  const throttle = new Throttle({ bytesPerSecond: 0, clock: systemClock });
  let blocks = 0;
  const options = {
    client: () => client,
    agentID: 'agent-1',
    map,
    throttle,
    onFetched: () => (blocks += 1),
    signal,
  };
  const fetch = async (): Promise<void> => await fetchRuns(part, options);
  return { server, honest, part, map, fetch, blocks: () => blocks };
}

test('the first request goes alone, the others four at a time, and each block is told', async () => {
  const { server, honest, part, map, fetch, blocks } = await start();
  let open = 0;
  const openAtOnce: number[] = [];
  server.script = async (request, response) => {
    openAtOnce.push((open += 1));
    response.on('finish', () => (open -= 1));
    await systemClock.sleep(50);
    await honest(request, response);
  };
  await fetch();
  expect(part.missing).toEqual([]);
  expect(openAtOnce).toEqual([1, 1, 2, 3, 4]);
  expect(blocks()).toBe(map.blocks.length);
});

test('nothing missing is nothing asked', async () => {
  const { server, fetch } = await start();
  await fetch();
  const asked = server.seen.length;
  await fetch();
  expect(server.seen).toHaveLength(asked);
});

test('the first failure ends the others, and what came before it stays', async () => {
  const { server, honest, part, fetch } = await start();
  server.script = async (request, response) => {
    if (server.seen.length <= 1) await honest(request, response);
    else if (server.seen.length === 2) response.writeHead(403).end();
  };
  await expect(fetch()).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
  expect(part.missingBytes).toBeLessThan(15 * MIB);
});

test('a block that is not what was signed is not taken', async () => {
  const { server, part, fetch } = await start();
  server.script = (_, response) => response.writeHead(200).end(noise(content.length, 1));
  await expect(fetch()).rejects.toMatchObject({ code: 'RELEASE_UNTRUSTED', retryable: true });
  expect(part.missingBytes).toBe(content.length);
});
