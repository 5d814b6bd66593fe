import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TargetFile } from '@tufjs/models';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { addSignature, readDraft, writeDraft } from '../../../../src/protocol/release-signing.ts';
import type { ReleaseChange, ReleaseRole } from '../../../../src/protocol/schemas/releases.ts';
import type { Repository } from '../../../../src/server/releases/repository.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { DAY_MS, ReleaseWorld } from '../../../support/release-world.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { TufClient, type FetchMetadata } from '../../../support/tuf-client.ts';

const ROLES: readonly ReleaseRole[] = ['root', 'targets', 'snapshot', 'timestamp'];

const onEnd = useCleanup();
let world: ReleaseWorld;
let repository: Repository;
let client: TufClient;

beforeEach(() => {
  world = new ReleaseWorld(onEnd);
  world.clock.advance(Date.now() - world.clock.now()); // the client looks at the real clock
  repository = world.openRepository();
  client = new TufClient(rootNow(), { fetch: served, onEnd });
});

describe('what is published', () => {
  test('is accepted by a TUF client, change after change', async () => {
    await client.refresh();
    expect(await client.target('a')).toBeUndefined();
    expect(repository.setTargets({ a: target('a') })).toEqual({ needs: [] });
    await client.refresh();
    expect((await client.target('a'))?.toJSON()).toEqual(target('a').toJSON());
    repository.setTargets({ b: target('b') });
    await client.refresh();
    expect(await client.target('a')).toBeUndefined();
    expect(await client.target('b')).toBeDefined();
  });

  test('is the same after a restart', async () => {
    repository.setTargets({ a: target('a') });
    const before = [repository.describeKeys(), repository.targets];
    repository = world.openRepository();
    expect([repository.describeKeys(), repository.targets]).toEqual(before);
    await client.refresh();
    expect(await client.target('a')).toBeDefined();
  });

  test.each([
    ['timestamp.json', 'Final timestamp.json', 'timestamp'],
    ['2.snapshot.json', 'snapshot', 'snapshot'],
    ['2.targets.json', 'targets', 'targets'],
  ])('is refused when %s was tampered with', async (name) => {
    await client.refresh();
    repository.setTargets({ a: target('a') });
    const tampered: FetchMetadata = (wanted) => {
      const content = served(wanted);
      return wanted === name
        ? Buffer.from(String(content).replace(/"expires":"20/, '"expires":"21'))
        : content;
    };
    await expect(client.refresh(tampered)).rejects.toThrow();
    expect(await new TufClient(rootNow(), { fetch: served, onEnd }).target('a')).toBeDefined();
  });

  test('is refused when another repository made it', async () => {
    const other = new ReleaseWorld(onEnd);
    other.clock.advance(Date.now() - other.clock.now());
    other.openRepository().setTargets({ a: target('a') });
    await expect(client.refresh((name) => other.files.read(name) ?? undefined)).rejects.toThrow();
  });

  test('is refused when it is older than what the client has seen', async () => {
    const old = new Map(readdirSync(world.files.dir).map((name) => [name, served(name)]));
    repository.setTargets({ a: target('a') });
    await client.refresh();
    await expect(client.refresh((name) => old.get(name))).rejects.toThrow('less than current version');
  });

  test('is not made afresh when a part of it is lost', () => {
    world.files.write('1.snapshot.json', Buffer.from('{'));
    expect(() => world.openRepository()).toThrow(/cannot be read; restore the folder from a backup/);
  });
});

describe('rotate', () => {
  test.each([['root'], ['targets'], ['snapshot'], ['timestamp'], [...ROLES]] as ReleaseRole[][])(
    'gives %s a new key, which clients of before believe in',
    async (...roles) => {
      repository.setTargets({ a: target('a') });
      await client.refresh();
      const before = keyIDs();
      expect(repository.rotate(roles)).toEqual({ needs: [] });
      const after = keyIDs();
      expect(ROLES.filter((role) => before[role] !== after[role])).toEqual(
        ROLES.filter((role) => roles.includes(role)),
      );
      expect(readdirSync(join(world.dir, 'keys')).sort()).toEqual(
        Object.values(after)
          .map((keyID) => `${keyID}.pem`)
          .sort(),
      );
      await client.refresh();
      expect(await client.target('a')).toBeDefined();
    },
  );

  test('can be repeated while a client is away', async () => {
    for (let i = 0; i < 3; i++) repository.rotate(ROLES);
    repository.setTargets({ a: target('a') });
    expect(await client.target('a')).toBeDefined();
  });
});

test('after a backup was restored, new keys for what counts upwards are believed again', async () => {
  const restore = backup();
  repository.setTargets({ a: target('a') });
  repository.setTargets({ b: target('b') });
  await client.refresh();
  restore();
  await expect(client.refresh()).rejects.toThrow('less than current version');
  repository.rotate(['snapshot', 'timestamp']);
  await client.refresh();
  expect(await client.target('b')).toBeUndefined();
});

test('after a backup was restored, keys are made anew once more than they were since', async () => {
  const restore = backup();
  repository.rotate(['targets']);
  repository.rotate(['snapshot', 'timestamp']);
  await client.refresh();
  restore();
  for (let i = 0; i < 2; i++) repository.rotate(['snapshot', 'timestamp']);
  await expect(client.refresh()).rejects.toThrow();
  repository.rotate(['snapshot', 'timestamp']);
  await client.refresh();
});

describe('with keys that are kept elsewhere', () => {
  test('a change waits, also over a restart, until it comes back signed', async () => {
    const key = takeAway('targets');
    const change = repository.setTargets({ a: target('a') });
    expect(change.needs).toEqual([{ role: 'targets', keyID: keyIDs().targets }]);
    repository = world.openRepository();
    expect([repository.targets, Object.keys(repository.draftedTargets)]).toEqual([{}, ['a']]);
    expect(repository.change).toEqual(change);
    await client.refresh();
    expect(repository.accept(signed(change, { targets: key }))).toEqual({ needs: [] });
    await client.refresh();
    expect(await client.target('a')).toBeDefined();
    expect(repository.change).toEqual({ needs: [] });
  });

  test('changes gather in one draft', () => {
    takeAway('targets');
    repository.setTargets({ a: target('a') });
    repository.setTargets({ ...repository.draftedTargets, b: target('b') });
    expect(Object.keys(repository.draftedTargets)).toEqual(['a', 'b']);
  });

  test('what was signed before the last change is refused', () => {
    const key = takeAway('targets');
    const first = repository.setTargets({ a: target('a') });
    repository.setTargets({ b: target('b') });
    expect(() => repository.accept(signed(first, { targets: key }))).toThrow('is not what waits for it now');
    expect(repository.targets).toEqual({});
  });

  test('a signature of another key is refused, and so is none', () => {
    takeAway('targets');
    const root = takeAway('root');
    const change = repository.setTargets({ a: target('a') });
    for (const draft of [signed(change, { targets: root }), readDraft(change.draft ?? {})]) {
      expect(() => repository.accept(draft)).toThrow('none of the signatures that are waited for');
    }
    expect(repository.targets).toEqual({});
  });

  test('nothing is accepted while nothing waits', () => {
    const key = takeAway('targets');
    const change = repository.setTargets({ a: target('a') });
    const draft = signed(change, { targets: key });
    repository.discard();
    expect(() => repository.accept(draft)).toThrow('none of the signatures');
    expect(repository.draftedTargets).toEqual({});
  });

  test('a new key for what is kept elsewhere needs the root key, and the signatures may come one by one', async () => {
    const keys = { root: takeAway('root'), targets: takeAway('targets') };
    repository.setTargets({ a: target('a') });
    const change = repository.rotate(['root', 'timestamp']);
    expect(change.needs.map(({ role }) => role)).toEqual(['root', 'targets']);
    expect(repository.accept(signed(change, { targets: keys.targets })).needs).toEqual([change.needs[0]]);
    expect(repository.accept(signed(change, { root: keys.root }))).toEqual({ needs: [] });
    await client.refresh();
    expect(await client.target('a')).toBeDefined();
  });

  test('a new targets key counts together with what it signs', async () => {
    const root = takeAway('root');
    repository.setTargets({ a: target('a') });
    const change = repository.rotate(['targets']);
    await client.refresh();
    repository.accept(signed(change, { root }));
    await client.refresh();
    expect(await client.target('a')).toBeDefined();
  });
});

describe('a change that cannot be written', () => {
  beforeEach(async () => {
    await client.refresh();
  });

  test.each(ROLES)('at its %s metadata, by a power cut, is made by the next start', async (role) => {
    const before = keyIDs();
    failAt(role, () => repository.rotate(ROLES));
    repository = world.openRepository();
    await expectMade(before);
  });

  test.each(ROLES)('at its %s metadata, by a full disk, is made by the next renewal', async (role) => {
    const before = keyIDs();
    failAt(role, () => repository.rotate(ROLES));
    repository.renew();
    await expectMade(before);
  });

  test.each(ROLES)('at the first %s metadata lets the next start begin anew', (role) => {
    world = new ReleaseWorld(onEnd);
    failAt(role, () => world.openRepository());
    expect(world.openRepository().setTargets({ a: target('a') })).toEqual({ needs: [] });
  });

  test('is newer than whatever agents have seen of it', async () => {
    failAt('root', () => repository.setTargets({ a: target('a') }));
    await client.refresh();
    const seen = JSON.parse(String(served('timestamp.json'))) as { signed: { version: number } };
    repository.renew();
    const next = JSON.parse(String(served('timestamp.json'))) as { signed: { version: number } };
    expect(next.signed.version).toBe(seen.signed.version + 1);
    await client.refresh();
    expect(await client.target('a')).toBeDefined();
  });

  /** Writing fails there, as long as `act` goes on. */
  function failAt(role: ReleaseRole, act: () => unknown): void {
    const { files } = world;
    const write = files.write.bind(files);
    files.write = (name, content) => {
      if (name.includes(role)) throw new Error('not written');
      write(name, content);
    };
    expect(act).toThrow('not written');
    files.write = write;
  }

  async function expectMade(before: ReturnType<typeof keyIDs>): Promise<void> {
    expect(ROLES.filter((role) => before[role] === keyIDs()[role])).toEqual([]);
    expect([repository.change, world.files.readDraft()]).toEqual([{ needs: [] }, undefined]);
    repository.setTargets({ a: target('a') });
    await client.refresh();
    expect(await client.target('a')).toBeDefined();
  }
});

describe('renew', () => {
  test('signs nothing while all is young', () => {
    const before = ends();
    world.clock.advance(2 * DAY_MS);
    repository.renew();
    expect(ends()).toEqual(before);
  });

  test.each([
    [3, ['timestamp']],
    [11, ['snapshot', 'timestamp']],
    [130, ['targets', 'snapshot', 'timestamp']],
    [1300, [...ROLES]],
  ])('after %i days signs %s again', (days, roles) => {
    const before = ends();
    world.clock.advance(days * DAY_MS);
    repository.renew();
    expect(ROLES.filter((role) => before[role] !== ends()[role])).toEqual(roles);
  });

  test('never lets anything end, as long as it is asked once a day', () => {
    for (let day = 0; day < 800; day++) {
      world.clock.advance(DAY_MS);
      repository.renew();
      for (const end of Object.values(ends()))
        expect(Date.parse(end)).toBeGreaterThan(world.clock.now() + DAY_MS);
    }
  });

  test('leaves what is signed elsewhere, and does the rest', () => {
    takeAway('targets');
    const before = ends();
    world.clock.advance(130 * DAY_MS);
    repository.renew();
    expect(ROLES.filter((role) => before[role] !== ends()[role])).toEqual(['snapshot', 'timestamp']);
    expect(repository.change).toEqual({ needs: [] });
  });

  test('does not touch what waits for signatures', () => {
    takeAway('root');
    const change = repository.rotate(['targets']);
    world.clock.advance(130 * DAY_MS);
    repository.renew();
    expect(repository.change).toEqual(change);
  });
});

test('extend signs the same again, as an admin asks whose key is elsewhere', () => {
  const key = takeAway('targets');
  world.clock.advance(100 * DAY_MS);
  const change = repository.extend(['targets']);
  const before = ends().targets;
  repository.accept(signed(change, { targets: key }));
  expect(Date.parse(ends().targets) - Date.parse(before)).toBe(100 * DAY_MS);
});

/** @returns what puts all back as it is now, keys and metadata */
function backup(): () => void {
  const copy = makeTempDir(onEnd);
  cpSync(world.dir, copy, { recursive: true });
  return () => {
    rmSync(world.dir, { recursive: true });
    cpSync(copy, world.dir, { recursive: true });
    repository = world.openRepository();
  };
}

function served(name: string): Buffer | undefined {
  return world.files.read(name);
}

function rootNow(): string {
  return JSON.stringify(repository.root.toJSON());
}

function target(path: string): TargetFile {
  return new TargetFile({ path, length: 1, hashes: { sha256: 'a'.repeat(64) } });
}

function keyIDs(): Record<ReleaseRole, string> {
  return byRole(({ keyID }) => keyID);
}

function ends(): Record<ReleaseRole, string> {
  return byRole(({ expiresAt }) => expiresAt);
}

function byRole(
  valueOf: (key: ReturnType<Repository['describeKeys']>[number]) => string,
): Record<ReleaseRole, string> {
  const entries = repository.describeKeys().map((key) => [key.role, valueOf(key)]);
  return Object.fromEntries(entries) as Record<ReleaseRole, string>;
}

function takeAway(role: 'root' | 'targets'): Parameters<typeof addSignature>[1] {
  const keyID = keyIDs()[role];
  const key = world.keys.find(keyID);
  if (key === undefined) throw new Error('It was taken before');
  world.keys.remove(keyID);
  return key;
}

/** As `commander releases sign` does. */
function signed(
  { draft = {} }: ReleaseChange,
  keys: Partial<Record<'root' | 'targets', Parameters<typeof addSignature>[1]>>,
): ReturnType<typeof readDraft> {
  const parts = readDraft(draft);
  if (keys.root && parts.root) addSignature(parts.root, keys.root);
  if (keys.targets && parts.targets) addSignature(parts.targets, keys.targets);
  return readDraft(writeDraft(parts));
}
