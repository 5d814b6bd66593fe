import { randomUUID } from 'node:crypto';
import { VERSION } from '../../lib/build-info.ts';
import type { Logger } from '../../lib/log.ts';
import type { Loop } from '../../lib/loops.ts';
import { self } from '../../lib/self.ts';
import type { OsName } from '../../platform/platform.ts';
import type { SettingFlags } from '../../protocol/endpoint.ts';
import type { ReleasePlatform } from '../../protocol/schemas/releases.ts';
import type { AgentStore } from '../../store/agent/open-agent-store.ts';
import { updateRequests } from './version.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { StoredIdentity } from '../enrollment/identity-folder.ts';
import type { AgentHost } from '../host.ts';
import type { JobPipeline } from '../jobs/job-options.ts';
import { workspaceOf } from '../jobs/workspace.ts';
import { reachesServer } from '../remote/reaches-server.ts';
import type { ServerClient } from '../remote/server-client.ts';
import type { Room } from '../room.ts';
import { Updater } from '../update/job/updater.ts';
import { versionSource, type ObtainVersion } from '../update/obtain-version.ts';
import { preflight } from '../update/preflight.ts';
import { versionsDirOf } from '../update/switch/versions-folder.ts';
import { SignedReleases } from '../update/trust/signed-releases.ts';

export interface UpdateParts {
  readonly config: AgentConfig;
  readonly flags: SettingFlags;
  readonly identity: StoredIdentity;
  readonly host: AgentHost;
  readonly store: AgentStore;
  readonly client: ServerClient;
  readonly pipeline: Pick<JobPipeline, 'drain' | 'resume' | 'reportNews'>;
  readonly workDir: string;
  /** As the server wants it. */
  readonly desiredVersion: () => string | undefined;
  readonly makeRoom: Room['makeRoom'];
  readonly log: Logger;
}

export interface AgentUpdates {
  readonly loops: Readonly<Record<'update' | 'updateRequests', Loop>>;
  /** The server has come back into reach, or no longer wants the version that it did. */
  readonly updater: Pick<Updater, 'wake' | 'versionNamed'>;
}

const LABELS: Record<OsName, string> = { linux: 'linux', win32: 'win', darwin: 'macos' };

/** Changes of this agent's own version, and who asks for them. */
export function createUpdates(parts: UpdateParts): AgentUpdates {
  const { config, flags, host, store, pipeline, workDir, desiredVersion, makeRoom } = parts;
  const { platform, clock, random, arch } = host;
  const { stateDir, update } = config;
  const log = parts.log.child({ module: 'update' });
  const machine = `${LABELS[platform.os]}-${arch}`;
  const updater = new Updater({
    ...{ stateDir, own: VERSION, os: platform.os, desiredVersion, makeRoom, clock, random, log },
    // What no release is made for is found to have none.
    releasePlatform: machine as ReleasePlatform,
    ownExecutablePath: self().executablePath,
    ...{ journal: store.journal, jobs: pipeline },
    obtain: obtainWith({ ...parts, log }),
    preflight: async (candidate) =>
      await preflight({
        ...{ ...candidate, machine, stateDir, flags, environment: host.environment },
        reachesServer: async (signal) =>
          await reachesServer(parts.client.current(), { agentID: parts.identity.agentID, signal }),
      }),
    stdoutPathOf: (jobID) => workspaceOf(workDir, jobID).stdoutPath,
    drainMs: update.drainSeconds * 1000,
    whenBusy: update.whenBusy,
    newJobID: randomUUID,
  });
  const requests: Record<string, (() => void) | undefined> = {
    check: () => updater.wake(),
    retry: () => updater.retry(),
    rollback: () => updater.rollBack(),
  };
  return {
    updater,
    loops: {
      update: async (signal) => await updater.loop(signal),
      updateRequests: async (signal) =>
        await updateRequests(config).takeAll({
          ...{ clock, log, signal },
          onRequest: (name) => requests[name]?.(),
        }),
    },
  };
}

function obtainWith({ config, identity, host, client, log }: UpdateParts): ObtainVersion {
  const { agentID, releasesRoot } = identity;
  const { clock, random } = host;
  const common = { agentID, clock, client: () => client.current() };
  const dir = versionsDirOf(config.stateDir);
  return versionSource({
    ...{ ...common, random, log },
    releases: new SignedReleases({ ...common, dir, pinnedRoot: releasesRoot }),
    bandwidthBytesPerSecond: config.update.bandwidthBytesPerSecond,
  });
}
