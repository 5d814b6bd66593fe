import { join } from 'node:path';
import { SignedReleases } from '../../src/agent/update/trust/signed-releases.ts';
import {
  versionSource,
  type ObtainProgress,
  type VersionSourceOptions,
  type VersionWanted,
} from '../../src/agent/update/obtain-version.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import type { ReleaseTarget } from '../../src/protocol/schemas/releases.ts';
import type { Cleanup } from './cleanup.ts';
import { ReleaseRepository } from './release-repository.ts';
import { startRemote } from './remote-world.ts';
import type { ScriptedServer } from './scripted-server.ts';
import { releaseScript } from './serve-releases.ts';
import { makeTempDir } from './temp-dir.ts';

export const WANTED: ReleaseTarget = { version: '1.1.0', platform: 'linux-x64' };

export interface ObtainingWorld {
  readonly server: ScriptedServer;
  readonly repository: ReleaseRepository;
  readonly dir: string;
  readonly targetPath: string;
  /** The last that was told. */
  readonly progress: () => ObtainProgress | undefined;
  readonly obtain: (
    wanted?: Partial<VersionWanted>,
    options?: Partial<VersionSourceOptions>,
  ) => Promise<void>;
}

/** A server that has published `content` as version 1.1.0, and an endpoint that may get it. */
export async function startObtaining(
  onEnd: (cleanup: Cleanup) => void,
  content: Uint8Array,
): Promise<ObtainingWorld> {
  const { server, client } = await startRemote(onEnd);
  const repository = new ReleaseRepository();
  await repository.add(WANTED, content);
  server.script = releaseScript(repository);
  const dir = makeTempDir(onEnd);
  const targetPath = join(dir, 'commander-agent');
  const common = { client: () => client, agentID: 'agent-1', clock: systemClock };
  const releases = new SignedReleases({ ...common, dir, pinnedRoot: repository.firstRoot });
  const defaults = { ...common, releases, bandwidthBytesPerSecond: 0, random: () => 0, log: silentLogger };
  let last: ObtainProgress | undefined;
  const obtain: ObtainingWorld['obtain'] = async (wanted = {}, options = {}) => {
    await versionSource({ ...defaults, ...options })({
      ...WANTED,
      targetPath,
      similar: [],
      signal: new AbortController().signal,
      onProgress: (progress) => (last = progress),
      ...wanted,
    });
  };
  return { server, repository, dir, targetPath, progress: () => last, obtain };
}
