import Type from 'typebox';
import { Identifier, Instant, OptionalText, Text, Version } from '../common.ts';
import { UnitState } from '../desired.ts';
import { JobEnd } from './jobs.ts';

export const GroupName = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' });

export const RegistrationKeyReply = Type.Object({ registrationKey: Text });
export type RegistrationKeyReply = Type.Static<typeof RegistrationKeyReply>;

export const JoinTokenReply = Type.Object({ token: Text, server: Text, fingerprint: Text });
export type JoinTokenReply = Type.Static<typeof JoinTokenReply>;

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

/** Where an agent is: `away` is one that is not connected, and may never have been. */
export const AgentStatus = Type.Enum(['connected', 'away', 'revoked']);
export type AgentStatus = Type.Static<typeof AgentStatus>;

/** Query of GET /admin/agents: those that all of it holds for. */
export interface AgentQuery {
  /** Beginning of the ID or the host name, in either case. */
  readonly name?: string;
  readonly group?: string;
  readonly status?: AgentStatus;
  /** Whether it runs what it should; a query has `true` or `false`. */
  readonly outdated?: boolean;
}

export const AgentList = Type.Object({ agents: Type.Array(AgentView) });
export type AgentList = Type.Static<typeof AgentList>;

/** How an agent's last change of version ended; its job has the steps. */
export const LastUpdate = Type.Object({
  jobID: Identifier,
  version: Version,
  outcome: JobEnd,
  reason: OptionalText,
  finishedAt: Instant,
});
export type LastUpdate = Type.Static<typeof LastUpdate>;

export const AgentDetail = Type.Object({
  ...AgentView.properties,
  lastUpdate: Type.Optional(LastUpdate),
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
