import { join } from 'node:path';
import type { Logger } from '../../lib/log.ts';
import type { Loop } from '../../lib/loops.ts';
import type { UnitState } from '../../protocol/schemas/desired.ts';
import type { AgentStore } from '../../store/agent/open-agent-store.ts';
import type { UnitIntake } from '../checkin/unit-intake.ts';
import { restartRequests, servicesDirOf } from './services.ts';
import type { AgentUpdates } from './update.ts';
import { allowedExecutors, archiveLimits } from '../config/limits.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { ArchiveCache } from '../desired/archive-cache.ts';
import { DesiredKeeper } from '../desired/desired-keeper.ts';
import { gatherChanges } from '../desired/gather-changes.ts';
import { KeptArchives } from '../desired/kept-archives.ts';
import type { AgentHost } from '../host.ts';
import type { JobPipeline } from '../jobs/job-options.ts';
import { fetchByHash } from '../remote/fetch-archive.ts';
import type { ServerClient } from '../remote/server-client.ts';
import { Scheduler } from '../schedule/scheduler.ts';
import { createServiceLogs } from '../services/service-logs.ts';
import { DEFAULT_SERVICE_TIMING, ServiceSupervisor } from '../services/supervisor.ts';

export interface UnitParts {
  readonly config: AgentConfig;
  readonly agentID: string;
  readonly host: AgentHost;
  readonly store: AgentStore;
  readonly client: ServerClient;
  readonly log: Logger;
  /** The journal's other side; asked for only when the loops run. */
  readonly pipeline: () => Pick<JobPipeline, 'accept' | 'cancel'>;
  /** The server is back, or wants another version of the agent than before. */
  readonly updater: () => AgentUpdates['updater'];
  /** To the server, if it is there. */
  readonly announce: (states: UnitState[]) => void;
  /** Tells of all units anew: one is gone. */
  readonly announceAll: () => void;
}

/** Tasks and services, and who keeps them. */
export interface AgentUnits {
  readonly intake: UnitIntake;
  readonly loops: Readonly<Record<'desired' | 'scheduler' | 'services' | 'restarts', Loop>>;
  /** Of the desired state that is kept; 0 when there is none. */
  revision(): number;
  /** That this endpoint is to run; undefined when the server does not mind. */
  agentVersion(): string | undefined;
  /** Where the archive lies if it is here. */
  keptArchive(sha256: string): string;
  /** A run of a task may have ended. */
  jobEnded(): void;
}

export function createUnits(parts: UnitParts): AgentUnits {
  const { config, agentID, host, store, client, log, pipeline } = parts;
  const { clock, random } = host;
  const archives = new KeptArchives({
    dir: join(config.stateDir, 'archives'),
    fetch: async (ref, path, signal) => {
      const maxBytes = config.jobs.archive.maxDownloadBytes;
      await fetchByHash(ref, path, {
        ...{ client: () => client.current(), agentID, maxBytes, clock, signal },
        early: { get: () => undefined }, // only those of jobs are sent along
      });
    },
  });
  const tasks = new Scheduler({
    ...{ agentID, clock, random, log: log.child({ module: 'schedule' }) },
    ...{ store: store.schedule, journal: store.journal },
    accept: (assignments) => pipeline().accept(assignments),
    cancel: (jobIDs) => pipeline().cancel(jobIDs),
  });
  const services = createSupervisor(parts, archives);
  const logs = createServiceLogs({
    ...{ clock, servicesDir: servicesDirOf(config) },
    isKept: (service) => services.states().some(({ name }) => name === service),
  });
  const keeper = new DesiredKeeper({
    ...{ archives, tasks, services, clock, random, log: log.child({ module: 'desired' }) },
    store: store.desired,
    onVersion: () => parts.updater().versionNamed(),
  });
  const changed = gatherChanges(parts.announce);
  for (const units of [tasks, services]) units.onChange((state) => changed(keeper.withProblem(state)));
  services.onGone(() => parts.announceAll());
  return {
    intake: {
      take: async (desired) => await keeper.take(desired),
      states: () => keeper.states(),
      follow: async (request, send, signal) => await logs.follow(request, send, signal),
      serverIsBack: () => {
        keeper.serverIsBack();
        parts.updater().wake();
        tasks.wake(); // a machine that has slept comes back with its connection
      },
    },
    loops: {
      desired: async (signal) => await keeper.loop(signal),
      scheduler: async (signal) => await tasks.loop(signal),
      services: async (signal) => await services.loop(signal),
      restarts: async (signal) =>
        await restartRequests(config).takeAll({
          ...{ clock, log, signal },
          onRequest: (service) => services.restart(service),
        }),
    },
    revision: () => keeper.revision,
    agentVersion: () => keeper.agentVersion,
    keptArchive: (sha256) => archives.pathOf(sha256),
    jobEnded: () => tasks.wake(),
  };
}

function createSupervisor(
  { config, host, store, log }: UnitParts,
  archives: ArchiveCache,
): ServiceSupervisor {
  return new ServiceSupervisor({
    ...{ ...host, archives, log },
    store: store.services,
    servicesDir: servicesDirOf(config),
    allowedExecutors: allowedExecutors(config),
    archiveLimits: archiveLimits(config),
    timing: DEFAULT_SERVICE_TIMING,
  });
}
