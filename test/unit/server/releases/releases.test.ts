import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { addSignature, readDraft, writeDraft } from '../../../../src/protocol/release-signing.ts';
import type { ReleaseChange, ReleaseDraft } from '../../../../src/protocol/schemas/releases.ts';
import type { Releases } from '../../../../src/server/releases/releases.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { DAY_MS, publish, ReleaseWorld, stage, takeKeyAway } from '../../../support/release-world.ts';

const onEnd = useCleanup();
let world: ReleaseWorld;
let releases: Releases;

beforeEach(() => {
  world = new ReleaseWorld(onEnd);
  releases = world.open();
});

describe('publish', () => {
  test('makes versions that agents can be told to run', async () => {
    await publish(releases, '1.1.0');
    const hashes = [
      await stage(releases, { version: '1.2.0', platform: 'linux-x64' }),
      await stage(releases, { version: '1.2.0', platform: 'win-x64' }),
    ];
    expect(releases.versions()).toEqual(['1.1.0']);
    expect(releases.publish(hashes, 'ada')).toEqual({ needs: [] });
    expect(releases.versions()).toEqual(['1.2.0', '1.1.0']);
    expect([releases.has('1.2.0', 'win-x64'), releases.has('1.1.0', 'win-x64')]).toEqual([true, false]);
    expect(releases.list().files[1]).toMatchObject({
      ...{ version: '1.2.0', platform: 'win-x64', sha256: hashes[1] },
      ...{ publishedBy: 'ada', publishedAt: '2026-11-23T08:00:00.000Z' },
    });
  });

  test('gives agents the executable and its block map, and nothing that is not published', async () => {
    const sha256 = await stage(releases, { version: '1.1.0', platform: 'linux-x64' });
    expect(releases.pathOf(sha256)).toBeUndefined();
    releases.publish([sha256], 'grace');
    const paths = readdirSync(join(world.dir, 'files')).map((name) => releases.pathOf(name));
    expect(paths).toHaveLength(2);
    for (const path of paths) expect(existsSync(path ?? '')).toBe(true);
  });

  test('refuses other content for a version that is there; the same content is there already', async () => {
    await publish(releases, '1.1.0', { content: 'one' });
    await expect(publish(releases, '1.1.0', { content: 'two' })).rejects.toMatchObject({
      code: 'RELEASE_EXISTS',
    });
    expect(await publish(releases, '1.1.0', { content: 'one' })).toEqual({ needs: [] });
    expect(releases.list().files).toHaveLength(1);
    expect(releases.metadata('3.targets.json')).toBeUndefined();
  });

  test('refuses what was not uploaded, and then publishes none of it', async () => {
    const sha256 = await stage(releases, { version: '1.1.0', platform: 'linux-x64' });
    expect(() => releases.publish([sha256, 'f'.repeat(64)], 'grace')).toThrow(
      expect.objectContaining({ code: 'RELEASE_NOT_FOUND' }),
    );
    expect(releases.versions()).toEqual([]);
  });

  test.each([
    ['is asked for again', (hashes: string[]) => releases.publish(hashes, 'grace')],
    ['is removed', () => releases.remove('1.1.0')],
  ])('a version that could not be written is published before it %s', async (_next, go) => {
    const obstacle = join(world.dir, 'metadata', '2.targets.json');
    mkdirSync(obstacle);
    const sha256 = await stage(releases, { version: '1.1.0', platform: 'linux-x64' });
    expect(() => releases.publish([sha256], 'grace')).toThrow();
    expect(releases.versions()).toEqual([]);
    rmdirSync(obstacle);
    expect(await go([sha256])).toEqual({ needs: [] });
    expect(String(releases.metadata('2.targets.json'))).toContain('1.1.0/linux-x64/commander-agent');
  });

  test('is still there after a restart; what was only uploaded is gone', async () => {
    await publish(releases, '1.1.0');
    await stage(releases, { version: '1.2.0', platform: 'linux-x64' });
    const before = releases.list();
    releases = world.open();
    await releases.sweep({ includeAside: true });
    expect(releases.list()).toEqual(before);
    expect(readdirSync(join(world.dir, 'files'))).toHaveLength(2);
  });
});

describe('remove', () => {
  test('takes a version away with its files', async () => {
    await publish(releases, '1.1.0');
    await publish(releases, '1.2.0');
    expect(await releases.remove('1.1.0')).toEqual({ needs: [] });
    expect(releases.versions()).toEqual(['1.2.0']);
    expect(readdirSync(join(world.dir, 'files'))).toHaveLength(2);
  });

  test('refuses a version that is not there, and one that agents should run', async () => {
    releases = world.open({
      usedBy: (version) => Promise.resolve(version === '1.1.0' ? 'group "web"' : undefined),
    });
    await publish(releases, '1.1.0');
    await expect(releases.remove('1.0.0')).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(releases.remove('1.1.0')).rejects.toThrow(
      'Version 1.1.0 is what group "web" should run; change that first',
    );
    expect(releases.versions()).toEqual(['1.1.0']);
  });
});

describe('with the targets key elsewhere', () => {
  let keyPath: string;

  beforeEach(() => {
    keyPath = takeKeyAway(releases, 'targets', world.dir);
  });

  test('nothing can be run before it has signed, and the files wait for it', async () => {
    const change = await publish(releases, '1.1.0');
    await releases.sweep({ includeAside: true });
    expect([releases.versions(), releases.list().unsigned]).toEqual([[], ['targets']]);
    expect(await releases.accept(sign(change))).toEqual({ needs: [] });
    expect([releases.versions(), releases.list().unsigned]).toEqual([['1.1.0'], []]);
    expect(existsSync(releases.pathOf(releases.list().files[0]?.sha256 ?? '') ?? '')).toBe(true);
  });

  test('a version that waits is not replaced by other content either', async () => {
    await publish(releases, '1.1.0', { content: 'one' });
    await expect(publish(releases, '1.1.0', { content: 'two' })).rejects.toMatchObject({
      code: 'RELEASE_EXISTS',
    });
  });

  test('a version that agents are told to run after its removal was asked for stays', async () => {
    await releases.accept(sign(await publish(releases, '1.1.0')));
    let user: string | undefined;
    releases = world.open({ usedBy: () => Promise.resolve(user) });
    const removal = sign(await releases.remove('1.1.0'));
    user = 'group "web"';
    await expect(releases.accept(removal)).rejects.toThrow('is what group "web" should run');
    expect(releases.versions()).toEqual(['1.1.0']);
    user = undefined;
    await releases.accept(removal);
    expect(releases.versions()).toEqual([]);
  });

  test('what is dropped leaves no file behind', async () => {
    await publish(releases, '1.1.0');
    await releases.discard();
    expect(releases.change).toEqual({ needs: [] });
    expect(readdirSync(join(world.dir, 'files'))).toEqual([]);
  });

  test('somebody is told in time, every day, and not before', async () => {
    const warned: unknown[] = [];
    const log = {
      ...silentLogger,
      warn: (evt: string, _msg: string, fields?: object) => warned.push({ evt, ...fields }),
    };
    releases = world.open({ log });
    await releases.maintain();
    world.clock.advance(300 * DAY_MS);
    await releases.maintain();
    expect(warned).toEqual([]);
    world.clock.advance(10 * DAY_MS);
    await releases.maintain();
    expect(warned).toEqual([{ evt: 'release.expiring', role: 'targets', expiresAt: '2027-11-23T08:00:00Z' }]);
  });

  function sign({ draft }: ReleaseChange): ReleaseDraft {
    const parts = readDraft(draft ?? {});
    if (parts.targets !== undefined) addSignature(parts.targets, createPrivateKey(readFileSync(keyPath)));
    return writeDraft(parts);
  }
});

test('the timestamp that agents get is never one that has ended', () => {
  world.clock.advance(400 * DAY_MS);
  const { signed } = JSON.parse(String(releases.metadata('timestamp.json'))) as {
    signed: { expires: string };
  };
  expect(Date.parse(signed.expires)).toBeGreaterThan(world.clock.now());
});

test('without its key nothing unsigned is published; a new key mends it', () => {
  const errors: string[] = [];
  const log = { ...silentLogger, error: (evt: string) => errors.push(evt) };
  releases = world.open({ log });
  const before = releases.metadata('timestamp.json');
  const timestampKey = releases.list().keys.find(({ role }) => role === 'timestamp');
  world.keys.remove(timestampKey?.keyID ?? '');
  world.clock.advance(5 * DAY_MS);
  expect(releases.metadata('timestamp.json')).toEqual(before);
  expect(errors).toEqual(['release.renewal-failed']);
  expect(() => releases.extend(['targets'])).toThrow(/^The "timestamp" key .* is missing/);
  releases = world.open({ log });
  expect(releases.rotateKeys(['timestamp'])).toEqual({ needs: [] });
  expect(releases.metadata('timestamp.json')).not.toEqual(before);
});

test('the root is what a new agent has to believe in', () => {
  expect(releases.root).toBe(String(releases.metadata('1.root.json')));
  releases.rotateKeys(['root']);
  expect(releases.root).toBe(String(releases.metadata('2.root.json')));
  expect(releases.metadata('3.root.json')).toBeUndefined();
});

test('extend asks for what is signed here at once', () => {
  world.clock.advance(DAY_MS);
  expect(releases.extend(['targets'])).toEqual({ needs: [] });
});

test('a folder that cannot be written says so', () => {
  writeFileSync(join(world.dir, 'blocked'), '');
  expect(() => new ReleaseWorld(onEnd).open({ dir: join(world.dir, 'blocked') })).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE' }),
  );
});
