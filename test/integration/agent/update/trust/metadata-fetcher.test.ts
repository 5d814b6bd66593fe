import { expect, test } from '@jest/globals';
import { MetadataFetcher } from '../../../../../src/agent/update/trust/metadata-fetcher.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { ReleaseRepository } from '../../../../support/release-repository.ts';
import { startRemote } from '../../../../support/remote-world.ts';
import { releaseScript } from '../../../../support/serve-releases.ts';

const onEnd = useCleanup();
const url = (name: string): string => `https://releases.invalid/${name}`;

async function start({ now = Date.now() } = {}) {
  const { server, client } = await startRemote(onEnd);
  const repository = new ReleaseRepository();
  server.script = releaseScript(repository);
  const { signal } = new AbortController();
  return { server, repository, fetcher: new MetadataFetcher({ client, agentID: 'agent-1', now, signal }) };
}

test('a file is asked of our server by its name', async () => {
  const { server, repository, fetcher } = await start();
  const bytes = await fetcher.downloadBytes(url('timestamp.json'), 10_000);
  expect(bytes).toEqual(repository.metadata.get('timestamp.json'));
  expect(server.seen.map(({ line }) => line)).toEqual(['GET /agent/updates/metadata/timestamp.json']);
});

test('roots are counted and fetched once', async () => {
  const { server, repository, fetcher } = await start();
  repository.rotate('root');
  repository.rotate('root');
  expect(await fetcher.fetchRootsAfter(1)).toBe(2);
  const asked = server.seen.length;
  expect(await fetcher.downloadBytes(url('3.root.json'), 1)).toEqual(repository.metadata.get('3.root.json'));
  expect(server.seen).toHaveLength(asked);
});

test('the first root is there for who has none', async () => {
  const { repository, fetcher } = await start();
  expect(await fetcher.fetchFirstRoot()).toBe(repository.firstRoot);
});

test.each([
  ['timestamp.json', 'RELEASE_NOT_FOUND'],
  ['7.snapshot.json', 'RELEASE_UNTRUSTED'],
])('without %s the failure is remembered as %s', async (name, code) => {
  const { repository, fetcher } = await start();
  repository.metadata.delete(name);
  await expect(fetcher.downloadBytes(url(name), 100)).rejects.toMatchObject({ code });
  expect(fetcher.failure).toMatchObject({ code });
});

test.each(['delegated.json', '2.delegated.json', 'mirrors.json'])(
  'nobody has a say but the roles of the root, not "%s"',
  async (name) => {
    const { server, fetcher } = await start();
    await expect(fetcher.downloadBytes(`https://releases.invalid/${name}`, 100)).rejects.toMatchObject({
      code: 'RELEASE_UNTRUSTED',
    });
    expect(fetcher.failure).toMatchObject({
      message: expect.stringContaining(`leaves the say to "${name}"`),
    });
    expect(server.seen).toEqual([]);
  },
);

test('a server whose time is another is not listened to', async () => {
  const { fetcher } = await start({ now: 0 });
  await expect(fetcher.downloadBytes(url('timestamp.json'), 10_000)).rejects.toMatchObject({
    code: 'CLOCK_WRONG',
  });
});

test('targets do not come this way', async () => {
  const { fetcher } = await start();
  await expect(fetcher.downloadFile()).rejects.toMatchObject({ code: 'INTERNAL' });
});
