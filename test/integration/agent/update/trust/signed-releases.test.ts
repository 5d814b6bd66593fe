import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { SignedReleases } from '../../../../../src/agent/update/trust/signed-releases.ts';
import type { ErrorCode } from '../../../../../src/lib/errors.ts';
import type { ReleaseTarget } from '../../../../../src/protocol/schemas/releases.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { hashOf, makeKey, ReleaseRepository } from '../../../../support/release-repository.ts';
import { startRemote } from '../../../../support/remote-world.ts';
import type { ScriptedServer } from '../../../../support/scripted-server.ts';
import { releaseScript } from '../../../../support/serve-releases.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;
const ONE: ReleaseTarget = { version: '1.0.0', platform: 'linux-x64' };
const TWO: ReleaseTarget = { version: '1.1.0', platform: 'linux-x64' };
const content = { one: Buffer.from('the first'), two: Buffer.from('the second') };

interface World {
  readonly server: ScriptedServer;
  readonly repository: ReleaseRepository;
  readonly dir: string;
  /** As an agent that has just been started. */
  readonly find: (release: ReleaseTarget, options?: FindOptions) => Promise<string>;
}

interface FindOptions {
  agentID?: string;
  pinnedRoot?: string | undefined;
  now?: number;
}

/** A server that has published version 1.0.0, and an agent that has verified it once. */
async function start(): Promise<World> {
  const { server, client } = await startRemote(onEnd);
  const repository = new ReleaseRepository();
  await repository.add(ONE, content.one);
  server.script = releaseScript(repository);
  const dir = makeTempDir(onEnd);
  const pinned = repository.firstRoot;
  const find: World['find'] = async (release, options = {}) => {
    const { agentID = 'agent-1', now = Date.now() } = options;
    const pinnedRoot = 'pinnedRoot' in options ? options.pinnedRoot : pinned;
    const clock = { now: () => now };
    const releases = new SignedReleases({ dir, agentID, pinnedRoot, client: () => client, clock });
    return (await releases.find(release, new AbortController().signal)).executable.sha256;
  };
  await find(ONE);
  return { server, repository, dir, find };
}

async function expectCode(finding: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(finding).rejects.toMatchObject({ code });
}

describe('an honest server', () => {
  test('says which hash a version has, and what is published later is found', async () => {
    const { repository, find } = await start();
    expect(await find(ONE)).toBe(hashOf(content.one));
    await repository.add(TWO, content.two);
    expect(await find(TWO)).toBe(hashOf(content.two));
    expect(await find(ONE)).toBe(hashOf(content.one));
  });

  test('is shown the certificate of the agent and its ID', async () => {
    const { server } = await start();
    expect(server.seen[0]).toMatchObject({ peer: 'agent-1', headers: { 'agent-id': 'agent-1' } });
  });

  test('may renew the timestamp without publishing anything', async () => {
    const { repository, find } = await start();
    repository.publish();
    expect(await find(ONE)).toBe(hashOf(content.one));
  });

  test.each(['root', 'timestamp', 'snapshot', 'targets'] as const)(
    'may give the role %s another key',
    async (role) => {
      const { repository, find } = await start();
      repository.rotate(role);
      await repository.add(TWO, content.two);
      expect(await find(TWO)).toBe(hashOf(content.two));
    },
  );

  test('that has rotated its root key many times is followed root by root', async () => {
    const { repository, find } = await start();
    for (let times = 0; times < 40; times++) repository.rotate('root');
    await find(ONE); // as many as one look takes
    repository.rotate('timestamp');
    expect(await find(ONE)).toBe(hashOf(content.one));
  });

  test('that has not published a version says so', async () => {
    const { find } = await start();
    await expectCode(find(TWO), 'RELEASE_NOT_FOUND');
    await expectCode(find({ ...ONE, platform: 'win-x64' }), 'RELEASE_NOT_FOUND');
  });

  test('without releases says so', async () => {
    const { repository, find } = await start();
    repository.metadata.clear();
    await expectCode(find(ONE), 'RELEASE_NOT_FOUND');
  });

  test('out of order is a failure that passes', async () => {
    const { server, find } = await start();
    server.script = (_, response) => response.writeHead(503).end();
    await expect(find(ONE)).rejects.toMatchObject({ code: 'SERVER_ERROR', retryable: true });
  });
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(65_536, 0x20);
}

type Attack = (world: World) => void | Promise<void>;

const ATTACKS: Record<string, { attack: Attack; code: ErrorCode }> = {
  'a targets list that another key signed': {
    attack: ({ repository }) => {
      repository.keys.targets = makeKey();
      repository.publish();
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'a timestamp that another key signed': {
    attack: ({ repository }) => {
      repository.keys.timestamp = makeKey();
      repository.publish();
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'a root that only another key signed': {
    attack: ({ repository }) => {
      repository.keys.root = makeKey();
      repository.signRoot();
      repository.publish();
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'a root that skips a version': {
    attack: ({ repository }) => {
      repository.versions.root += 1;
      repository.signRoot();
      repository.metadata.set('2.root.json', repository.metadata.get('3.root.json') ?? Buffer.alloc(0));
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'an expired root': {
    attack: ({ repository }) => {
      repository.expiresIn.root = -1;
      repository.signRoot();
    },
    code: 'RELEASES_EXPIRED',
  },
  'an expired timestamp': {
    attack: ({ repository }) => {
      repository.expiresIn.timestamp = -1;
      repository.publish();
    },
    code: 'RELEASES_EXPIRED',
  },
  'an expired snapshot': {
    attack: ({ repository }) => {
      repository.expiresIn.snapshot = -1;
      repository.publish();
    },
    code: 'RELEASES_EXPIRED',
  },
  'an expired targets list': {
    attack: ({ repository }) => {
      repository.expiresIn.targets = -1;
      repository.publish();
    },
    code: 'RELEASES_EXPIRED',
  },
  'all that it said before the last release': {
    attack: async ({ repository, find }) => {
      const before = repository.snapshot();
      await repository.add(TWO, content.two);
      await find(TWO);
      repository.restore(before);
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'an older snapshot under a newer timestamp': {
    attack: async ({ repository, find }) => {
      await repository.add(TWO, content.two);
      await find(TWO);
      repository.versions.snapshot = 0;
      repository.publish();
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'an older targets list under a newer snapshot': {
    attack: async ({ repository, find }) => {
      await repository.add(TWO, content.two);
      await find(TWO);
      repository.versions.targets = 0;
      repository.publish();
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'a targets list of one moment and a snapshot of another': {
    attack: async ({ repository }) => {
      const old = repository.metadata.get(`${repository.versions.targets}.targets.json`) ?? Buffer.alloc(0);
      await repository.add(TWO, content.two);
      repository.metadata.set(`${repository.versions.targets}.targets.json`, old);
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'a snapshot of another length than is signed': {
    attack: ({ repository }) => {
      repository.publish();
      const name = `${repository.versions.snapshot}.snapshot.json`;
      repository.metadata.set(
        name,
        Buffer.concat([repository.metadata.get(name) ?? Buffer.alloc(0), Buffer.from(' ')]),
      );
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'a list without its targets': {
    attack: ({ repository }) => {
      repository.publish();
      repository.metadata.delete(`${repository.versions.targets}.targets.json`);
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'a timestamp without an end': {
    attack: ({ server, repository }) => {
      const honest = releaseScript(repository);
      server.script = (request, response) => {
        if (!request.line.endsWith('timestamp.json')) return honest(request, response);
        return Readable.from(endless(), { objectMode: false })
          .pipe(response)
          .on('error', () => undefined);
      };
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'what is no JSON': {
    attack: ({ repository }) => {
      repository.metadata.set('timestamp.json', Buffer.from('<html>'));
    },
    code: 'RELEASE_UNTRUSTED',
  },
  'another version under this one’s path': {
    attack: async ({ repository }) => {
      await repository.add(TWO, content.two, ONE);
    },
    code: 'RELEASE_UNTRUSTED',
  },
};

describe('a lying server that shows', () => {
  test.each(Object.keys(ATTACKS))('%s is not believed, and an honest one is afterwards', async (name) => {
    const world = await start();
    const { server, repository, find } = world;
    const honest = { keys: { ...repository.keys }, expiresIn: { ...repository.expiresIn } };
    const { attack, code } = ATTACKS[name] ?? {};
    await attack?.(world);
    await expectCode(find(TWO), code ?? 'INTERNAL');
    server.script = releaseScript(repository);
    repository.takeOver(honest);
    await repository.add(TWO, content.two);
    expect(await find(TWO)).toBe(hashOf(content.two));
  });

  test('a version by somebody whom the targets key gave the say is not believed, and new keys mend that', async () => {
    const { repository, find } = await start();
    await repository.delegate(TWO, content.two);
    await expectCode(find(TWO), 'RELEASE_UNTRUSTED');
    repository.rotate('snapshot');
    repository.rotate('timestamp');
    await repository.add(TWO, content.two);
    expect(await find(TWO)).toBe(hashOf(content.two));
  });

  test('what was true until yesterday is not believed, however often it is said', async () => {
    const { repository, find } = await start();
    repository.expiresIn.timestamp = 1 / 86_400; // one second
    repository.publish();
    await find(ONE);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await expectCode(find(ONE), 'RELEASES_EXPIRED');
    await expectCode(find(ONE), 'RELEASES_EXPIRED');
  });
});

describe('the endpoint’s clock', () => {
  test.each([
    ['two years ahead', 730 * DAY_MS],
    ['two years behind', -730 * DAY_MS],
  ])('%s is called wrong, and nothing is believed', async (_, offset) => {
    const { find } = await start();
    await expectCode(find(ONE, { now: Date.now() + offset }), 'CLOCK_WRONG');
    expect(await find(ONE)).toBe(hashOf(content.one));
  });

  test('cannot go back behind what was verified, whatever the server says of the time', async () => {
    const { server, repository, find } = await start();
    const past = Date.now() - 30 * DAY_MS;
    const honest = releaseScript(repository);
    server.script = async (request, response) => {
      response.setHeader('date', new Date(past).toUTCString());
      await honest(request, response);
    };
    await expectCode(find(ONE, { now: past }), 'CLOCK_WRONG');
  });
});

describe('what is kept', () => {
  test('is one file, and the working folder is gone', async () => {
    const { dir } = await start();
    expect(readdirSync(dir)).toEqual(['releases.json']);
  });

  test('cut off in the middle begins again with the pinned root', async () => {
    const { repository, dir, find } = await start();
    const path = join(dir, 'releases.json');
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    await repository.add(TWO, content.two);
    expect(await find(TWO)).toBe(hashOf(content.two));
  });

  test('belongs to one enrolment: another one trusts its own root', async () => {
    const { server, find } = await start();
    const other = new ReleaseRepository();
    await other.add(TWO, content.two);
    server.script = releaseScript(other);
    await expectCode(find(TWO), 'RELEASE_UNTRUSTED');
    expect(await find(TWO, { agentID: 'agent-2', pinnedRoot: other.firstRoot })).toBe(hashOf(content.two));
  });

  test('holds the first root that was seen when enrolment brought none, and no other is believed then', async () => {
    const { server, find } = await start();
    const early = { agentID: 'agent-early', pinnedRoot: undefined };
    expect(await find(ONE, early)).toBe(hashOf(content.one));
    const other = new ReleaseRepository();
    await other.add(ONE, content.two);
    server.script = releaseScript(other);
    await expectCode(find(ONE, early), 'RELEASE_UNTRUSTED');
  });

  test('is nothing when the first root that was shown is none', async () => {
    const { server, repository, dir, find } = await start();
    server.script = (_, response) => response.writeHead(200).end('{"signed":{"version":1}}');
    const early = { agentID: 'agent-early', pinnedRoot: undefined };
    await expectCode(find(ONE, early), 'RELEASE_UNTRUSTED');
    expect(existsSync(join(dir, 'releases.tmp'))).toBe(false);
    server.script = releaseScript(repository);
    expect(await find(ONE, early)).toBe(hashOf(content.one));
  });
});
