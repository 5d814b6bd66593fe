import { Checkin, type CheckinOptions } from '../../src/agent/checkin/checkin.ts';
import { ConnectionLog } from '../../src/agent/checkin/connection-log.ts';
import type { CredentialSource, Credentials } from '../../src/agent/identity.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { AppError } from '../../src/lib/errors.ts';
import type { LogFields, Logger } from '../../src/lib/log.ts';
import { Stopped } from '../../src/lib/stopped.ts';
import type { JobAssignment } from '../../src/protocol/schemas/job.ts';
import type { ConnectionRecord } from '../../src/store/agent/connection-record.ts';
import { CheckinServer, type CheckinServerOptions } from './checkin-server.ts';
import type { Cleanup } from './cleanup.ts';

export interface CheckinWorld {
  readonly server: CheckinServer;
  readonly checkin: Checkin;
  /** What the check-in told the job pipeline, in order. */
  readonly intake: string[];
  readonly accepted: JobAssignment[];
  readonly records: ConnectionRecord[];
  readonly log: { level: string; evt: string; fields: LogFields }[];
  readonly credentials: { shown: Credentials[]; connected: Credentials[]; failed: Credentials[] };
  /** Ends it as a stop of the agent does. */
  readonly stop: () => Promise<void>;
}

export interface WorldOptions {
  server?: CheckinServerOptions;
  checkin?: Partial<CheckinOptions>;
  /** Called before the check-in begins. */
  prepare?: (server: CheckinServer) => Promise<void>;
  /** What the journal says to new jobs. */
  accept?: (jobs: readonly JobAssignment[]) => void;
}

/** A check-in that runs against a server of its own. Waits between tries are milliseconds. */
export async function startCheckin(
  onEnd: (cleanup: Cleanup) => void,
  options: WorldOptions = {},
): Promise<CheckinWorld> {
  const server = await CheckinServer.start(onEnd, options.server);
  await options.prepare?.(server);
  const own = await server.http.credentials();
  const world = recordings();
  const shown: Credentials[] = [];
  const log = recordingLogger(world.log);
  const source: CredentialSource = {
    toTry: () => {
      shown.push(own);
      return own;
    },
    proven: () => own,
    connected: (credentials) => world.connected.push(credentials),
    failed: (credentials) => world.failed.push(credentials),
  };
  const checkin = new Checkin({
    serverUrl: server.http.url,
    userAgent: 'test/1',
    credentials: source,
    hello: (protocol) =>
      protocol === 1 ? { 'Agent-ID': 'agent-1' } : { 'Agent-ID': 'agent-1', protocol, holding: [] },
    intake: {
      accept: (jobs) => {
        options.accept?.(jobs);
        world.accepted.push(...jobs);
      },
      archivesCame: (archives) => world.intake.push(`archives ${[...archives.keys()].join(' ')}`),
      cancel: (jobIDs) => world.intake.push(`cancel ${jobIDs.join(' ')}`),
      serverIsBack: () => world.intake.push('server is back'),
    },
    units: {
      take: ({ revision }) => Promise.resolve({ kind: 'applied', revision, problems: [] }),
      states: () => [],
      follow: () => Promise.resolve(),
      serverIsBack: () => undefined,
    },
    connectionLog: new ConnectionLog({
      store: { save: (record) => world.records.push(record) },
      ...{ pid: 1, version: 'v', clock: systemClock, log },
    }),
    spreadMs: 0,
    ...{ clock: systemClock, random: () => 0.5, log },
    backoff: { baseMs: 10, capMs: 100 },
    ...options.checkin,
  });
  const stop = runUntilStopped(checkin);
  onEnd(stop);
  const credentials = { shown, connected: world.connected, failed: world.failed };
  return { server, checkin, stop, credentials, ...pick(world) };
}

function recordings() {
  return {
    intake: [] as string[],
    accepted: [] as JobAssignment[],
    records: [] as ConnectionRecord[],
    log: [] as CheckinWorld['log'],
    connected: [] as Credentials[],
    failed: [] as Credentials[],
  };
}

function pick({ intake, accepted, records, log }: ReturnType<typeof recordings>) {
  return { intake, accepted, records, log };
}

function runUntilStopped(checkin: Checkin): () => Promise<void> {
  const controller = new AbortController();
  const running = checkin.run(controller.signal).catch((error: unknown) => {
    if (error !== controller.signal.reason) throw error;
  });
  return async () => {
    controller.abort(new Stopped('shutdown'));
    await running;
  };
}

/** What an error in a log line is called. */
export function codeOf(fields: LogFields | undefined): string | undefined {
  return (fields?.err as AppError | undefined)?.code;
}

function recordingLogger(lines: CheckinWorld['log']): Logger {
  const at =
    (level: string) =>
    (evt: string, _msg: string, fields: LogFields = {}): void => {
      lines.push({ level, evt, fields });
    };
  const log: Logger = {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: () => log,
  };
  return log;
}
