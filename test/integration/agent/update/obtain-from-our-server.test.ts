import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { versionSource, type ObtainVersion } from '../../../../src/agent/update/obtain-version.ts';
import { SignedReleases } from '../../../../src/agent/update/trust/signed-releases.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { HttpClient } from '../../../../src/lib/http-client/http-client.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { agentExecutable } from '../../../support/agent-executable.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { publishAt } from '../../../support/releases-at.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { useTestServer } from '../../../support/test-server.ts';

const onEnd = useCleanup();
const server = useTestServer();
const CONTENT = 'x'.repeat(1_000_000);
const platform = 'linux-x64';

/** What an agent does that has just enrolled; one that enrolled before there were releases has no root. */
async function enrolled(dir: string, { hasRoot }: { hasRoot: boolean }): Promise<ObtainVersion> {
  const { agentID, cert, key, roots, releasesRoot } = await server().enrol('web-1');
  const tls = { ca: roots.join('\n'), cert, key };
  const client = new HttpClient({ baseUrl: server().running.url, userAgent: 'test/1', tls });
  onEnd(() => client.close());
  const common = { client: () => client, agentID, clock: systemClock };
  const pinnedRoot = hasRoot ? releasesRoot : undefined;
  const releases = new SignedReleases({ ...common, dir, pinnedRoot });
  return versionSource({
    ...common,
    releases,
    bandwidthBytesPerSecond: 0,
    random: Math.random,
    log: silentLogger,
  });
}

test.each([{ hasRoot: true }, { hasRoot: false }])(
  'what the server publishes arrives, before and after its keys were replaced: %j',
  async (agent) => {
    const dir = makeTempDir(onEnd);
    const obtain = await enrolled(dir, agent);
    const { signal } = new AbortController();
    for (const version of agent.hasRoot ? ['1.0.0', '1.1.0'] : ['2.0.0', '2.1.0']) {
      await publishAt(server(), { version, platform }, CONTENT);
      const targetPath = join(dir, version);
      await obtain({ version, platform, targetPath, similar: [], signal });
      const published = agentExecutable({ version, platform }, CONTENT);
      expect(readFileSync(targetPath).equals(published)).toBe(true);
      const roles = ['root', 'targets', 'snapshot', 'timestamp'];
      await server().admin('POST', '/admin/releases/keys/rotate', { roles });
    }
  },
);

test('an agent that is revoked gets nothing', async () => {
  const dir = makeTempDir(onEnd);
  const obtain = await enrolled(dir, { hasRoot: true });
  const { agents } = (await server().admin('GET', '/admin/agents')) as { agents: { agentID: string }[] };
  for (const { agentID } of agents) await server().admin('DELETE', `/admin/agents/${agentID}`);
  const { signal } = new AbortController();
  const wanted = { version: '1.0.0', platform, targetPath: join(dir, 'x'), similar: [], signal } as const;
  await expect(obtain(wanted)).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
});
