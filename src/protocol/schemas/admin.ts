import Type from 'typebox';
import {
  Arguments,
  ByteCount,
  ExecutorName,
  FileName,
  Identifier,
  Sha256,
  TimeoutSeconds,
  Version,
} from './common.ts';
import { Schedule, ServiceSpec, UnitName, UnitState } from './desired.ts';
import { JobOrigin, JobOutcome, PhaseTimes } from './job.ts';

const Text = Type.String();
const OptionalText = Type.Optional(Type.String());
/** ISO 8601 in UTC: what our own additions to the API use. */
const Instant = Type.String();

export const Credentials = Type.Object({ username: Text, password: Text });
export type Credentials = Type.Static<typeof Credentials>;

export const PasswordChange = Type.Object({
  username: Text,
  password: Text,
  newPassword: Type.String({ minLength: 8, maxLength: 72 }),
});
export type PasswordChange = Type.Static<typeof PasswordChange>;

export const LoginReply = Type.Object({ token: Text });
export type LoginReply = Type.Static<typeof LoginReply>;

const { name, argv, ...serviceRules } = Type.Omit(ServiceSpec, [
  'filename',
  'executor',
  'archive',
]).properties;

/** What makes an entry of the library a task. How long a run may take is `timeoutSeconds` of the entry, as for jobs. */
export const LibraryTask = Type.Object({ kind: Type.Literal('task'), name, argv, schedule: Schedule });
export type LibraryTask = Type.Static<typeof LibraryTask>;

export const LibraryService = Type.Object({ kind: Type.Literal('service'), name, argv, ...serviceRules });
export type LibraryService = Type.Static<typeof LibraryService>;

/** Its `name` is unique in the library, so that no endpoint is ever given two units of one name. */
export const LibraryUnit = Type.Union([LibraryTask, LibraryService]);
export type LibraryUnit = Type.Static<typeof LibraryUnit>;

export const GroupName = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' });

export const UnitKind = Type.Enum(['task', 'service']);
export type UnitKind = Type.Static<typeof UnitKind>;

/** The `job` part of an upload to the library. Fields beyond the original's four are ours. */
export const LibraryUpload = Type.Object({
  executor: ExecutorName,
  filename: FileName,
  description: Text,
  os: Text,
  timeoutSeconds: Type.Optional(TimeoutSeconds),
  /** A job when absent. */
  unit: Type.Optional(LibraryUnit),
});
export type LibraryUpload = Type.Static<typeof LibraryUpload>;

export const LibraryEntry = Type.Object({
  jobID: Text,
  executor: Text,
  filename: Text,
  description: Text,
  os: Text,
  user: OptionalText,
  timeCreated: Text,
  argv: Type.Optional(Arguments),
  sha256: Type.Optional(Sha256),
  size: Type.Optional(ByteCount),
  timeoutSeconds: Type.Optional(TimeoutSeconds),
  unit: Type.Optional(LibraryUnit),
});
export type LibraryEntry = Type.Static<typeof LibraryEntry>;

export const Library = Type.Object({ jobs: Type.Array(LibraryEntry) });
export type Library = Type.Static<typeof Library>;

/** GET /admin/library: a `Library` as JSON in a string, as the original sends it. */
export const LibraryReply = Type.Object({ library: Text });
export type LibraryReply = Type.Static<typeof LibraryReply>;

export const AssignRequest = Type.Object({
  agentID: Text,
  filename: Text,
  argv: Arguments,
  timeoutSeconds: Type.Optional(TimeoutSeconds),
});
export type AssignRequest = Type.Static<typeof AssignRequest>;

export const AssignReply = Type.Object({ success: Text, jobID: Identifier });
export type AssignReply = Type.Static<typeof AssignReply>;

/** Where a job is, as the server knows it. `finished` is the only end; `outcome` then says how. */
export const JobState = Type.Enum([
  'queued',
  'accepted',
  'fetched',
  'extracted',
  'running',
  'exited',
  'finished',
]);
export type JobState = Type.Static<typeof JobState>;

export const JobView = Type.Object({
  jobID: Identifier,
  agentID: Text,
  hostname: Text,
  filename: Text,
  executor: Text,
  argv: Arguments,
  user: OptionalText,
  /** Who put it into the journal when no admin did; `origin` says more. */
  source: Type.Optional(Type.Enum(['task', 'update'])),
  origin: Type.Optional(JobOrigin),
  state: JobState,
  /** `lost`: the agent came back without the job and without a result (its state was wiped). */
  outcome: Type.Optional(Type.Union([JobOutcome, Type.Literal('lost')])),
  reason: OptionalText,
  exitCode: Type.Optional(Type.Integer()),
  signal: OptionalText,
  createdAt: Instant,
  acceptedAt: Type.Optional(Instant),
  startedAt: Type.Optional(Instant),
  endedAt: Type.Optional(Instant),
  finishedAt: Type.Optional(Instant),
  phaseTimes: Type.Optional(PhaseTimes),
  stdout: OptionalText,
  stderr: OptionalText,
  stdoutBytes: Type.Optional(ByteCount),
  stderrBytes: Type.Optional(ByteCount),
});
export type JobView = Type.Static<typeof JobView>;

export const JobList = Type.Object({ jobs: Type.Array(JobView) });
export type JobList = Type.Static<typeof JobList>;

export const AgentView = Type.Object({
  agentID: Text,
  hostname: Text,
  os: Text,
  arch: OptionalText,
  version: OptionalText,
  protocol: Type.Optional(Type.Integer()),
  connected: Type.Boolean(),
  enrolledAt: Instant,
  lastSeenAt: Type.Optional(Instant),
  certificateExpiresAt: Type.Optional(Instant),
  revokedAt: Type.Optional(Instant),
  pendingJobs: Type.Integer(),
  group: GroupName,
  /** What it should run: its own pin, else its group's; any version will do when absent. */
  agentVersion: Type.Optional(Version),
  pinnedVersion: Type.Optional(Version),
});
export type AgentView = Type.Static<typeof AgentView>;

export const AgentList = Type.Object({ agents: Type.Array(AgentView) });
export type AgentList = Type.Static<typeof AgentList>;

export const AgentDetail = Type.Object({
  ...AgentView.properties,
  /** As it last said. */
  units: Type.Array(UnitState),
  /** What it cannot keep as it should, and why. */
  problems: Type.Array(Type.Object({ name: Text, message: Text })),
});
export type AgentDetail = Type.Static<typeof AgentDetail>;

/** PATCH /admin/agents/:agentID. A version pins the agent to it, null takes the pin away. */
export const AgentChange = Type.Object({
  group: Type.Optional(GroupName),
  agentVersion: Type.Optional(Type.Union([Version, Type.Null()])),
});
export type AgentChange = Type.Static<typeof AgentChange>;

/** Every agent is in exactly one group; the group `default` is always there. */
export const GroupRequest = Type.Object({ name: GroupName });
export type GroupRequest = Type.Static<typeof GroupRequest>;

export const GroupView = Type.Object({
  name: GroupName,
  agents: Type.Integer(),
  /** What its agents should run. */
  agentVersion: Type.Optional(Version),
});
export type GroupView = Type.Static<typeof GroupView>;

export const GroupList = Type.Object({ groups: Type.Array(GroupView) });
export type GroupList = Type.Static<typeof GroupList>;

/** PUT /admin/groups/:name/version. Null: any version will do. */
export const GroupVersion = Type.Object({ agentVersion: Type.Union([Version, Type.Null()]) });
export type GroupVersion = Type.Static<typeof GroupVersion>;

const Percent = Type.Integer({ minimum: 0, maximum: 100 });
const RestSeconds = Type.Integer({ minimum: 0, maximum: 31_536_000 });
const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });

/** How a group comes to a version: canaries first, then stage by stage. */
export const RolloutPlan = Type.Object({
  /** Agents of the group, by ID. */
  canaries: Type.Array(Identifier, { maxItems: 1000 }),
  /** Percent of the group, counted from the first stage on: growing, and 100 at the end. */
  stages: Type.Array(
    Type.Object({ percent: Type.Integer({ minimum: 1, maximum: 100 }), restSeconds: RestSeconds }),
    { minItems: 1, maxItems: 20 },
  ),
  /** More of those that were told than this failing or falling silent, and it halts. */
  maxFailedPercent: Percent,
  /** Disconnected for so long after it was told, an agent counts as silent. */
  silentSeconds: Type.Integer({ minimum: 10, maximum: 31_536_000 }),
  /** How many change their version at the same time. */
  atOnce: Type.Integer({ minimum: 1, maximum: 100_000 }),
  /** Every day from one time to the other, also across midnight. */
  window: Type.Optional(
    Type.Object({
      from: TimeOfDay,
      to: TimeOfDay,
      timeZone: Type.String({ pattern: '^[A-Za-z0-9_+/-]{1,64}$' }),
    }),
  ),
});
export type RolloutPlan = Type.Static<typeof RolloutPlan>;

export const RolloutRequest = Type.Object({ group: GroupName, version: Version, plan: RolloutPlan });
export type RolloutRequest = Type.Static<typeof RolloutRequest>;

/** Agents: all, those that were told, and what came of these. */
export const RolloutCounts = Type.Object({
  agents: Type.Integer(),
  offered: Type.Integer(),
  updated: Type.Integer(),
  failed: Type.Integer(),
  silent: Type.Integer(),
});
export type RolloutCounts = Type.Static<typeof RolloutCounts>;

/** An agent that was told to change its version, and did not get there. */
const LostAgent = Type.Object({
  agentID: Text,
  hostname: Text,
  outcome: Type.Enum(['failed', 'silent']),
  toldAt: Instant,
  /** What its update job said. */
  reason: OptionalText,
});
export type LostAgent = Type.Static<typeof LostAgent>;

export const RolloutView = Type.Object({
  rolloutID: Identifier,
  group: GroupName,
  version: Version,
  plan: RolloutPlan,
  state: Type.Enum(['running', 'paused', 'completed', 'aborted']),
  /** The stage that is under way, from 1 on; canaries are one. */
  stage: Type.Integer(),
  stages: Type.Integer(),
  /** Of the stages up to the one under way. */
  reached: RolloutCounts,
  whole: RolloutCounts,
  /** Of those that failed or fell silent some, the latest first; "whole" has how many there are. */
  lost: Type.Array(LostAgent),
  /** A rest after a stage ends then. */
  restsUntil: Type.Optional(Instant),
  /** Why it halted. */
  reason: OptionalText,
  createdAt: Instant,
  createdBy: Text,
  endedAt: Type.Optional(Instant),
});
export type RolloutView = Type.Static<typeof RolloutView>;

export const RolloutList = Type.Object({ rollouts: Type.Array(RolloutView) });
export type RolloutList = Type.Static<typeof RolloutList>;

/** Gives a task or service of the library to an agent or to all of a group, or takes it away: exactly one of the two. */
export const AssignmentRequest = Type.Object({
  filename: FileName,
  agentID: Type.Optional(Identifier),
  group: Type.Optional(GroupName),
});
export type AssignmentRequest = Type.Static<typeof AssignmentRequest>;

export const AssignmentView = Type.Object({
  ...AssignmentRequest.properties,
  /** Of the agent, when it is one. */
  hostname: OptionalText,
  kind: UnitKind,
  name: UnitName,
  assignedAt: Instant,
  assignedBy: Text,
});
export type AssignmentView = Type.Static<typeof AssignmentView>;

export const AssignmentList = Type.Object({ assignments: Type.Array(AssignmentView) });
export type AssignmentList = Type.Static<typeof AssignmentList>;

/** A task or service as its agent last reported it. */
export const UnitView = Type.Object({
  ...UnitState.properties,
  agentID: Text,
  hostname: Text,
  reportedAt: Instant,
});
export type UnitView = Type.Static<typeof UnitView>;

export const UnitList = Type.Object({ units: Type.Array(UnitView) });
export type UnitList = Type.Static<typeof UnitList>;

export const AccountList = Type.Object({
  accounts: Type.Array(Type.Object({ username: Text, createdAt: Instant })),
});
export type AccountList = Type.Static<typeof AccountList>;

export const RegistrationKeyReply = Type.Object({ registrationKey: Text });
export type RegistrationKeyReply = Type.Static<typeof RegistrationKeyReply>;

export const JoinTokenReply = Type.Object({ token: Text, server: Text, fingerprint: Text });
export type JoinTokenReply = Type.Static<typeof JoinTokenReply>;

/** A file that installs the agent, or the agent itself; what its name says of it, and what was found when it came. */
export const InstallerView = Type.Object({
  name: Type.String({ pattern: '^[\\w.+~-]+$' }),
  os: Type.Enum(['linux', 'windows', 'macos']),
  arch: Type.Enum(['x64', 'arm64', 'universal']),
  format: Type.Enum(['deb', 'rpm', 'msi', 'pkg', 'executable']),
  version: OptionalText,
  size: ByteCount,
  sha256: Sha256,
  addedAt: Instant,
  addedBy: Text,
});
export type InstallerView = Type.Static<typeof InstallerView>;

export const InstallerList = Type.Object({ installers: Type.Array(InstallerView) });
export type InstallerList = Type.Static<typeof InstallerList>;

/** Errors as the original sends them, and its generic shape beside it. */
export const ErrorReply = Type.Partial(
  Type.Object({ error: Text, msg: Text, description: Text, code: Type.Union([Text, Type.Number()]) }),
);
export type ErrorReply = Type.Static<typeof ErrorReply>;
