import Type from 'typebox';
import { Arguments, ExecutorName, FileName, Sha256, ByteCount, TimeoutSeconds } from './common.ts';

/** Names a task or a service on one endpoint; also a folder there. */
export const UnitName = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' });
export type UnitName = Type.Static<typeof UnitName>;
const Seconds = Type.Integer({ minimum: 0, maximum: 31_536_000 });
const Count = Type.Integer({ minimum: 0, maximum: 1000 });

/** What is run, alike for tasks and services; the archive is kept on the endpoint. */
const Program = {
  name: UnitName,
  filename: FileName,
  executor: ExecutorName,
  argv: Type.Optional(Arguments),
  archive: Type.Object({ sha256: Sha256, size: ByteCount }),
};

/** When a task is due. Exactly one of cron, everySeconds and at. */
export const Schedule = Type.Object({
  /** Five fields, or six with seconds first. */
  cron: Type.Optional(Type.String({ pattern: '^[^\\u0000-\\u001f]{1,255}$' })),
  everySeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
  /** ISO 8601 with an offset: once. */
  at: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T' })),
  /** IANA name; the endpoint's own zone when absent. For cron only. */
  timeZone: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_+/-]{1,64}$' })),
  /** Each agent delays every due time by its own stable share of this. */
  splaySeconds: Type.Optional(Seconds),
  /** Due times that passed while the agent was off: forget them, or run once for all of them. */
  missed: Type.Optional(Type.Enum(['skip', 'run-once'])),
  /** Due while the last run is still going. */
  overlap: Type.Optional(Type.Enum(['skip', 'queue', 'replace'])),
  retries: Type.Optional(
    Type.Object({ limit: Count, backoffSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }) }),
  ),
});
export type Schedule = Type.Static<typeof Schedule>;

export const TaskSpec = Type.Object({
  ...Program,
  schedule: Schedule,
  timeoutSeconds: Type.Optional(TimeoutSeconds),
});
export type TaskSpec = Type.Static<typeof TaskSpec>;

/** How a service is asked whether it is well. `process`: it runs. */
export const Probe = Type.Object({
  kind: Type.Enum(['process', 'tcp', 'http', 'command']),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  /** http: path on 127.0.0.1; any 2xx or 3xx is well. */
  path: Type.Optional(Type.String({ pattern: '^/[^\\u0000-\\u0020]{0,1023}$' })),
  /** command: run in the service's folder; exit code 0 is well. */
  command: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 64 })),
  intervalSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600 })),
  /** Bad answers in a row until it counts as unhealthy and is restarted. */
  failureThreshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  /** Good answers in a row until it counts as healthy. */
  successThreshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  /** Bad answers do not count for so long after a start. */
  startupSeconds: Type.Optional(Seconds),
});
export type Probe = Type.Static<typeof Probe>;

export const ServiceSpec = Type.Object({
  ...Program,
  restart: Type.Optional(Type.Enum(['always', 'on-failure', 'never'])),
  /** Restarts allowed within the window; one more parks the service. */
  restartBudget: Type.Optional(
    Type.Object({ limit: Count, windowSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }) }),
  ),
  stopGraceSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600 })),
  probe: Type.Optional(Probe),
  /** Names of services of this endpoint that are started, and healthy, before this one, and stopped after it. */
  dependsOn: Type.Optional(Type.Array(UnitName, { maxItems: 100 })),
  log: Type.Optional(
    Type.Object({
      maxBytes: Type.Integer({ minimum: 4096 }),
      files: Type.Integer({ minimum: 1, maximum: 100 }),
    }),
  ),
});
export type ServiceSpec = Type.Static<typeof ServiceSpec>;

/** All that one endpoint is to keep, as of one revision. The whole document each time; the endpoint works out the difference. */
export interface DesiredState {
  revision: number;
  /** Which version of the agent it is to run; any will do when absent. */
  agentVersion?: string;
  tasks: TaskSpec[];
  services: ServiceSpec[];
}

/** How one task or service stands on its endpoint. Times are ISO 8601 in UTC. */
export const UnitState = Type.Object({
  name: UnitName,
  kind: Type.Enum(['task', 'service']),
  /** Tasks: idle, running, broken. Services: preparing, waiting, starting, running, unhealthy, backing-off, stopping, stopped, parked, broken. */
  state: Type.String(),
  since: Type.String(),
  archive: Sha256,
  /** One sentence: why it is broken, parked, unhealthy, or went back to an older archive. */
  problem: Type.Optional(Type.String()),
  lastRun: Type.Optional(Type.String()),
  lastOutcome: Type.Optional(Type.String()),
  nextRun: Type.Optional(Type.String()),
  pid: Type.Optional(Type.Integer()),
  restarts: Type.Optional(Type.Integer()),
});
export type UnitState = Type.Static<typeof UnitState>;
