import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { VERSION } from '../../lib/build-info.ts';
import { createLogger } from '../../lib/create-logger.ts';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { endingAt, runLoops, type Loop } from '../../lib/loops.ts';
import { releaseMemory } from '../../lib/release-memory.ts';
import { Stopped, stopReasonOf } from '../../lib/stopped.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { Supervisor } from '../../platform/service/supervisor.ts';
import type { SettingFlags } from '../../protocol/endpoint.ts';
import type { Hello } from '../../protocol/schemas/frames.ts';
import { PROTOCOL_VERSION, type ProtocolVersion } from '../../protocol/version.ts';
import { openAgentStore, type AgentStore } from '../../store/agent/open-agent-store.ts';
import { Checkin } from '../checkin/checkin.ts';
import { ConnectionLog } from '../checkin/connection-log.ts';
import { createUpdates } from './update.ts';
import { createUnits, type AgentUnits } from './units.ts';
import { allowedExecutors, archiveLimits } from '../config/limits.ts';
import type { AgentConfig } from '../config/schema.ts';
import { CredentialKeeper } from '../enrollment/credential-keeper.ts';
import { IdentityFolder, type StoredIdentity } from '../enrollment/identity-folder.ts';
import { keepRenewed } from '../enrollment/renewal.ts';
import type { AgentHost } from '../host.ts';
import { createJobPipeline } from '../jobs/job-pipeline.ts';
import type { JobLimits } from '../jobs/job-options.ts';
import { EarlyArchives } from '../remote/early-archives.ts';
import { HttpJobServer } from '../remote/job-server.ts';
import { ServerClient } from '../remote/server-client.ts';
import { makingRoom, type Room } from '../room.ts';
import { restAfterWork, ringing } from '../rest.ts';
import { drainAfterStop } from '../shutdown.ts';
import { isOnProbation, keepAlive } from '../update/switch/keep-alive.ts';
import { stayGuarded } from '../update/switch/stay-guarded.ts';

export interface RunOptions {
  readonly host: AgentHost;
  /** What the settings were read with; another version is tried out with the same. */
  readonly flags: SettingFlags;
  /** Asks to stop: nothing new is taken, running jobs get their grace, or all the time they need when the reason is `update`. */
  readonly stop: AbortSignal;
  /** Asks not to wait for running jobs. */
  readonly stopNow?: AbortSignal;
  /** Where a person is watching, if one is. */
  readonly terminal?: Writable;
  /** Who started the agent and wants to know how it goes, if somebody does. */
  readonly supervisor?: Supervisor | undefined;
  /** Has somebody watch over this process, the version on probation; absent where nobody chooses versions. */
  readonly beGuarded?: () => Promise<void>;
}

const USER_AGENT = `commander-agent/${VERSION}`;

/**
 * Runs the agent until it is asked to stop.
 * @throws AppError NOT_ENROLLED, IDENTITY_CLONED, AGENT_ALREADY_RUNNING, STATE_UNWRITABLE, STATE_TOO_NEW; AggregateError when a part of it failed
 */
export async function runAgent(config: AgentConfig, options: RunOptions): Promise<void> {
  const { host, terminal } = options;
  const { platform, clock } = host;
  const folder = new IdentityFolder({ stateDir: config.stateDir, platform });
  const identity = requireIdentity(folder, config.stateDir);

  using releases = new DisposableStack();
  platform.makePrivateDir(config.stateDir);
  const file = { dir: join(config.stateDir, 'logs'), stem: 'agent', ...config.log };
  const log = createLogger({ level: config.logLevel, clock, file, ...(terminal && { terminal }) });
  releases.defer(() => log.close());
  const holdBreaking = isOnProbation(config.stateDir, VERSION);
  const store = openAgentStore(config.stateDir, { clock, log, holdBreaking });
  releases.defer(() => store.close());

  const { agentID, serverUrl } = identity;
  log.info('agent.started', 'The agent has started', { version: VERSION, pid: host.pid, agentID, serverUrl });
  try {
    const room = makingRoom(options);
    await runParts({ ...options, ...room, config, folder, identity, store, log, releases });
    log.info('agent.stopped', 'The agent has stopped');
  } catch (error) {
    log.error('agent.failed', 'The agent stopped because a part of it failed', { err: error });
    throw error;
  }
}

function requireIdentity(folder: IdentityFolder, stateDir: string): StoredIdentity {
  const identity = folder.load();
  if (identity !== undefined) return identity;
  throw new AppError(
    'NOT_ENROLLED',
    `There is no identity in "${stateDir}"; this endpoint has not been enrolled`,
  );
}

interface Parts extends Omit<RunOptions, keyof Room>, Room {
  readonly config: AgentConfig;
  readonly folder: IdentityFolder;
  readonly identity: StoredIdentity;
  readonly store: AgentStore;
  readonly log: Logger;
  readonly releases: DisposableStack;
}

async function runParts(parts: Parts): Promise<void> {
  const { config, flags, identity, store, log, host, stop, stopNow, makeRoom, supervisor, beGuarded } = parts;
  const { agentID, serverUrl } = identity;
  const { clock, random } = host;
  const keeper = new CredentialKeeper(parts.folder, identity);
  const client = new ServerClient({ serverUrl, userAgent: USER_AGENT, credentials: keeper });
  parts.releases.defer(() => client.close());

  const units = createUnits({
    ...{ config, agentID, host, store, client, log },
    pipeline: () => pipeline,
    updater: () => updates.updater,
    announce: (states) => checkin.announceUnits(states),
    announceAll: () => checkin.announceAllUnits(),
  });
  const early = new EarlyArchives();
  const workDir = join(config.stateDir, 'jobs');
  const pipeline = createJobPipeline({
    journal: store.journal,
    server: new HttpJobServer({
      agentID,
      client: () => client.current(),
      early,
      maxArchiveBytes: config.jobs.archive.maxDownloadBytes,
      announcePhase: (jobID, phase) => checkin.announcePhase(jobID, phase),
      clock,
      log: log.child({ module: 'remote' }),
    }),
    ...{ platform: host.platform, environment: host.environment, clock, random, log },
    workDir,
    policy: { allowedExecutors: allowedExecutors(config) },
    limits: limitsOf(config),
    keptArchive: (sha256) => units.keptArchive(sha256),
    onEnded: () => units.jobEnded(),
  });
  const updates = createUpdates({
    ...{ config, flags, identity, host, store, client, pipeline, workDir, makeRoom, log },
    desiredVersion: () => units.agentVersion(),
  });
  const activity = new Wakeup();
  const checkinLog = log.child({ module: 'checkin' });
  const connectionLog = new ConnectionLog({
    ...{ store: store.connection, pid: host.pid, version: VERSION, clock, log: checkinLog },
  });
  const checkin = new Checkin({
    ...{ serverUrl, userAgent: USER_AGENT, credentials: keeper, clock, random, log: checkinLog },
    hello: (protocol) => helloOf(protocol, parts, units),
    intake: ringing(activity, {
      ...pipeline,
      cancel: (jobIDs) => {
        pipeline.cancel(jobIDs);
        updates.updater.wake(); // a change of version is none of the pipeline's
      },
      archivesCame: (archives) => early.replace(archives),
    }),
    units: units.intake,
    connectionLog,
    spreadMs: config.reconnectSpreadSeconds * 1000,
  });
  const renewal: Loop = async (signal) =>
    await keepRenewed(
      {
        ...{ agentID, keeper, clock, random, log: log.child({ module: 'identity' }) },
        client: () => client.current(),
        onRenewed: () => void checkin.reconnect(),
      },
      signal,
    );

  const halt = new AbortController();
  await runLoops(halt.signal, {
    ...pipeline.loops,
    desired: endingAt(stop, units.loops.desired),
    scheduler: endingAt(stop, units.loops.scheduler),
    services: units.loops.services,
    probation: async (signal) => {
      const { stateDir } = config;
      const { pid } = host;
      const isCheckedIn = (): boolean => connectionLog.isConnected;
      await keepAlive({ stateDir, version: VERSION, pid, isCheckedIn, stop, makeRoom, clock }, signal);
    },
    ...(beGuarded && {
      guarding: endingAt(stop, async (signal) => {
        const { stateDir } = config;
        await stayGuarded({ stateDir, version: VERSION, beGuarded, clock, log }, signal);
      }),
    }),
    restarts: endingAt(stop, units.loops.restarts),
    update: endingAt(stop, updates.loops.update),
    updateRequests: endingAt(stop, updates.loops.updateRequests),
    checkin: endingAt(stop, async (signal) => await checkin.run(signal)),
    connectionLog: endingAt(stop, async (signal) => await connectionLog.keepNoted(signal)),
    ...(identity.issuer === 'server' ? { renewal: endingAt(stop, renewal) } : {}),
    rest: endingAt(stop, async (signal) => {
      const isBusy = (): boolean => store.journal.holding().length > 0;
      const release = (): void => {
        early.replace(new Map());
        releaseMemory();
      };
      await restAfterWork({ activity, isBusy, release, clock }, signal);
    }),
    shutdown: async (signal) => {
      supervisor?.tell('running'); // the last of the loops: all others have begun
      const graceMs = config.jobs.stopGraceSeconds * 1000;
      const { journal } = store;
      await drainAfterStop({ stop, stopNow, graceMs, pipeline, journal, supervisor, clock, log }, signal);
      // Another version may go on in this process: systemd would end it for a stop that it was told of.
      if (stopReasonOf(stop) !== 'update') supervisor?.tell('stopping');
      halt.abort(new Stopped('shutdown'));
    },
  });
}

/** An original is told what it knows, and nothing else. */
function helloOf(protocol: ProtocolVersion, { identity, store, host }: Parts, units: AgentUnits): Hello {
  const first = { 'Agent-ID': identity.agentID };
  if (protocol === 1) return first;
  return {
    ...first,
    protocol: PROTOCOL_VERSION,
    version: VERSION,
    os: host.platform.osLabel,
    arch: host.arch,
    hostname: host.hostname,
    holding: store.journal.holding(),
    desiredRevision: units.revision(),
  };
}

function limitsOf(config: AgentConfig): Partial<JobLimits> {
  const { concurrency, timeoutSeconds, outputBytes, reportedBytes } = config.jobs;
  return {
    archive: archiveLimits(config),
    ...{ concurrency, outputBytes, reportedBytes },
    timeoutMs: timeoutSeconds * 1000,
  };
}
