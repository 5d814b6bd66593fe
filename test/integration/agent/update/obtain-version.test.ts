import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { noise } from '../../../support/noise.ts';
import { startObtaining, WANTED, type ObtainingWorld } from '../../../support/obtaining-world.ts';
import { hashOf } from '../../../support/release-repository.ts';
import type { Script } from '../../../support/scripted-server.ts';
import { releaseScript } from '../../../support/serve-releases.ts';

const onEnd = useCleanup();
const MIB = 1024 * 1024;
const content = noise(10 * MIB);
const path = `/agent/updates/targets/${hashOf(content)}`;

const start = async (): Promise<ObtainingWorld> => await startObtaining(onEnd, content);

/** Of the executable. */
function rangesAsked({ server }: ObtainingWorld): (string | undefined)[] {
  return server.seen.filter(({ line }) => line === `GET ${path}`).map(({ headers }) => headers.range);
}

/** Answers a request for the executable in another way. */
function answering({ server, repository }: ObtainingWorld, other: Script): void {
  const honest = releaseScript(repository);
  server.script = (request, response) =>
    request.line === `GET ${path}` ? other(request, response) : honest(request, response);
}

function expectWhole({ targetPath }: ObtainingWorld): void {
  expect(hashOf(readFileSync(targetPath))).toBe(hashOf(content));
  expect(existsSync(`${targetPath}.part`)).toBe(false);
}

/** The same as the content but for one place. */
function similarTo(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes.subarray(0, 5 * MIB), 1, 2, 3, ...bytes.subarray(5 * MIB)]);
}

describe('a version', () => {
  test('comes whole to an endpoint that has nothing, and can be run', async () => {
    const world = await start();
    await world.obtain();
    expectWhole(world);
    expect(statSync(world.targetPath).mode & 0o777).toBe(0o755);
    expect(world.progress()).toEqual({
      size: content.length,
      reused: 0,
      toFetch: content.length,
      fetched: content.length,
    });
  });

  test('is not asked for when it is there, and can be run then, too', async () => {
    const world = await start();
    writeFileSync(world.targetPath, content, { mode: 0o600 });
    await world.obtain();
    expect(rangesAsked(world)).toEqual([]);
    expect(statSync(world.targetPath).mode & 0o777).toBe(0o755);
  });

  test('takes the place of something else', async () => {
    const world = await start();
    writeFileSync(world.targetPath, content.subarray(0, 1000));
    await world.obtain();
    expectWhole(world);
  });

  test('that differs in one place from an executable here brings that place only', async () => {
    const world = await start();
    const installed = join(world.dir, 'installed');
    writeFileSync(installed, similarTo(content));
    await world.obtain({ similar: [join(world.dir, 'missing'), installed] });
    expectWhole(world);
    expect(rangesAsked(world)).toHaveLength(1);
    expect(world.progress()?.toFetch).toBeLessThan(512 * 1024);
  });

  test('that nobody has published is refused', async () => {
    const world = await start();
    await expect(world.obtain({ version: '9.9.9' })).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    expect(readdirSync(world.dir)).toEqual(['releases.json']);
  });
});

describe('an interrupted download', () => {
  test('goes on where it was, and what came is not asked for again', async () => {
    const world = await start();
    const stop = new AbortController();
    const interrupted = world.obtain({
      signal: stop.signal,
      onProgress: ({ fetched }) => {
        if (fetched > 3 * MIB) stop.abort(new Stopped('shutdown'));
      },
    });
    await expect(interrupted).rejects.toMatchObject({ why: 'shutdown' });
    expect(existsSync(world.targetPath)).toBe(false);
    await world.obtain();
    expectWhole(world);
    expect(world.progress()?.reused).toBeGreaterThan(3 * MIB);
  });

  test('left spoilt by a power cut is mended', async () => {
    const world = await start();
    const left = Buffer.from(content.subarray(0, 6 * MIB));
    left.fill(0, MIB, 2 * MIB);
    writeFileSync(`${world.targetPath}.part`, left);
    await world.obtain();
    expectWhole(world);
    expect(world.progress()?.reused).toBeGreaterThan(4 * MIB);
  });

  test('of something longer is cut to its length', async () => {
    const world = await start();
    writeFileSync(`${world.targetPath}.part`, Buffer.concat([content, noise(MIB, 1)]));
    await world.obtain();
    expectWhole(world);
    expect(rangesAsked(world)).toEqual([]);
  });

  test('by a connection that breaks goes on by itself', async () => {
    const world = await start();
    const honest = releaseScript(world.repository);
    let breaks = 3;
    answering(world, (request, response) => {
      if (breaks-- <= 0) return honest(request, response);
      response.writeHead(206, { 'content-range': String(request.headers.range).replace('=', ' ') + '/1' });
      response.write(content.subarray(0, 100_000), () => response.destroy());
      return undefined;
    });
    await world.obtain();
    expectWhole(world);
  });
});

describe('a server', () => {
  test('that knows no ranges is asked once', async () => {
    const world = await start();
    answering(world, (_, response) => response.writeHead(200).end(content));
    await world.obtain();
    expectWhole(world);
    expect(rangesAsked(world)).toHaveLength(1);
  });

  test('that sends other bytes is not believed, and an honest one is afterwards', async () => {
    const world = await start();
    answering(world, (_, response) => response.writeHead(200).end(noise(content.length, 1)));
    await expect(world.obtain()).rejects.toMatchObject({ code: 'RELEASE_UNTRUSTED' });
    expect(existsSync(world.targetPath)).toBe(false);
    world.server.script = releaseScript(world.repository);
    await world.obtain();
    expectWhole(world);
  });

  test.each([
    ['another range', 206, { 'content-range': 'bytes 0-1/2' }],
    ['less than it should', 200, {}],
    ['a failure', 503, {}],
  ])('that answers %s is asked five times', async (_, status, headers) => {
    const world = await start();
    answering(world, (_request, response) => response.writeHead(status, headers).end('ab'));
    await expect(world.obtain()).rejects.toMatchObject({ code: 'SERVER_ERROR' });
    expect(rangesAsked(world)).toHaveLength(5);
  });

  test('that refuses is asked once', async () => {
    const world = await start();
    answering(world, (_, response) => response.writeHead(403).end());
    await expect(world.obtain()).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
    expect(rangesAsked(world)).toHaveLength(1);
  });

  test('that sends more than was signed is left at the last byte', async () => {
    const world = await start();
    answering(world, (_, response) => response.writeHead(200).end(Buffer.concat([content, content])));
    await world.obtain();
    expectWhole(world);
  });

  test('whose blocks are right but make up something else is not believed', async () => {
    const world = await start();
    const { repository } = world;
    const names = [...repository.files.keys()];
    const blocks = repository.files.get(names.find((name) => name !== hashOf(content)) ?? '');
    const map = JSON.parse(String(blocks)) as { blocks: unknown[] };
    const swapped = { ...map, blocks: map.blocks.toReversed() };
    repository.addTarget('1.1.0/linux-x64/blocks.json', Buffer.from(JSON.stringify(swapped)), WANTED);
    repository.publish();
    const reversed = join(world.dir, 'similar');
    writeFileSync(reversed, content);
    await expect(world.obtain({ similar: [reversed] })).rejects.toMatchObject({ code: 'RELEASE_UNTRUSTED' });
    expect(existsSync(`${world.targetPath}.part`)).toBe(false);
  });
});

describe('the endpoint', () => {
  test('without room for it asks for nothing', async () => {
    const world = await start();
    const freeBytes = async (): Promise<number> => await Promise.resolve(MIB);
    await expect(world.obtain({}, { freeBytes })).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringContaining('Only 1 MiB are free'),
    });
    expect(rangesAsked(world)).toEqual([]);
  });

  test('lets no more through than its limit', async () => {
    const world = await start();
    const begun = performance.now();
    await world.obtain({}, { bandwidthBytesPerSecond: 10 * MIB });
    expect(performance.now() - begun).toBeGreaterThan(900);
    expectWhole(world);
  });
});
