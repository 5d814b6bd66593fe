import Type from 'typebox';
import { Identifier, Sha256, Version } from './common.ts';
import { MAX_LOG_TAIL_BYTES, MAX_SERVICES, MAX_TASKS } from '../version.ts';
import { UnitName, UnitState, type DesiredState } from './desired.ts';
import type { JobAssignment } from './job.ts';

/** First message of every check-in. The original reads `Agent-ID` and ignores the rest. */
export const Hello = Type.Object({
  'Agent-ID': Type.String({ minLength: 1 }),
  protocol: Type.Optional(Type.Integer()),
  version: Type.Optional(Type.String()),
  os: Type.Optional(Type.String()),
  arch: Type.Optional(Type.String()),
  hostname: Type.Optional(Type.String()),
  /** Jobs in the agent's journal whose result the server has not confirmed. */
  holding: Type.Optional(Type.Array(Identifier)),
  /** Of the desired state in the agent's store; 0 when there is none. */
  desiredRevision: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER - 1 })),
});
export type Hello = Type.Static<typeof Hello>;

/** Server to agent: new work. In protocol 1 each assignment stands alone: a bad one must not hide the good ones, so they are checked one by one. */
export const JobsFrame = Type.Object({ jobs: Type.Array(Type.Unknown()) });
export type JobsFrame = Type.Static<typeof JobsFrame>;

/**
 * Server to agent (protocol 2): small archives of the jobs in the next push, by their hash, in base64. They save a short job the
 * fetch, which would take longer than the job. An agent may forget them; it can always fetch.
 */
export const ArchivesFrame = Type.Object({
  kind: Type.Literal('archives'),
  archives: Type.Record(Sha256, Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength: 131_072 })),
});
export type ArchivesFrame = Type.Static<typeof ArchivesFrame>;

/** Server to agent (protocol 2): end these jobs, whatever they are doing. */
export const CancelFrame = Type.Object({ kind: Type.Literal('cancel'), jobIDs: Type.Array(Identifier) });
export type CancelFrame = Type.Static<typeof CancelFrame>;

/** Agent to server (protocol 2): these jobs are in the journal. Protocol 1 says the bare text `ack` instead. */
export const AckFrame = Type.Object({ kind: Type.Literal('ack'), jobIDs: Type.Array(Identifier) });
export type AckFrame = Type.Static<typeof AckFrame>;

/** Agent to server (protocol 2): where a job is now, for whoever watches. Never steers anything. */
export const PhaseFrame = Type.Object({
  kind: Type.Literal('phase'),
  jobID: Identifier,
  phase: Type.Enum(['fetched', 'extracted', 'running', 'exited']),
});
export type PhaseFrame = Type.Static<typeof PhaseFrame>;

/**
 * Server to agent (protocol 2): what the endpoint is to keep from now on, sent when the agent's revision differs. Tasks and
 * services are checked one by one: a bad one is reported, and must not hide the good ones.
 */
export const DesiredFrame = Type.Object({
  kind: Type.Literal('desired'),
  desired: Type.Object({
    revision: Type.Integer({ minimum: 0 }),
    agentVersion: Type.Optional(Version),
    tasks: Type.Array(Type.Unknown(), { maxItems: MAX_TASKS }),
    services: Type.Array(Type.Unknown(), { maxItems: MAX_SERVICES }),
  }),
});
export type DesiredFrame = Type.Static<typeof DesiredFrame>;

/** Server to agent (protocol 2): begin or end sending a service's log as it is written. */
export const FollowFrame = Type.Object({
  kind: Type.Literal('follow'),
  followID: Identifier,
  service: UnitName,
  /** False ends it. */
  on: Type.Boolean(),
  /** Begin this many bytes back. */
  tailBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_LOG_TAIL_BYTES })),
  /** False: what there is, and no more. */
  live: Type.Optional(Type.Boolean()),
});
export type FollowFrame = Type.Static<typeof FollowFrame>;

/** What our server sends. */
export type ServerFrame =
  | { jobs: JobAssignment[] }
  | ArchivesFrame
  | CancelFrame
  | { kind: 'desired'; desired: DesiredState }
  | FollowFrame;
/** Agent to server (protocol 2): the document is in the store, with what of it cannot be kept and why. */
export const AppliedFrame = Type.Object({
  kind: Type.Literal('applied'),
  revision: Type.Integer(),
  problems: Type.Array(Type.Object({ name: Type.String(), message: Type.String() })),
});
export type AppliedFrame = Type.Static<typeof AppliedFrame>;

/** Agent to server (protocol 2): how tasks and services stand; those that are not named have not changed. At check-in: all. */
export const UnitsFrame = Type.Object({
  kind: Type.Literal('units'),
  all: Type.Boolean(),
  units: Type.Array(UnitState),
});
export type UnitsFrame = Type.Static<typeof UnitsFrame>;

/**
 * Agent to server (protocol 2): more of a log that somebody follows; nothing at first, to say that it is there. `end` says why
 * no more will come.
 */
export const LogFrame = Type.Object({
  kind: Type.Literal('log'),
  followID: Identifier,
  text: Type.String(),
  end: Type.Optional(Type.String()),
});
export type LogFrame = Type.Static<typeof LogFrame>;

/** What a protocol 2 agent sends after its hello. */
export type AgentFrame = AckFrame | PhaseFrame | AppliedFrame | UnitsFrame | LogFrame;
