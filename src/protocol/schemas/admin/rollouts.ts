import Type from 'typebox';
import { Identifier, Instant, OptionalText, Text, Version } from '../common.ts';
import { GroupName } from './fleet.ts';

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

/** Agents: all, those that were told, and what came of these. Updated are those on which the version has proven itself. */
export const RolloutCounts = Type.Object({
  agents: Type.Integer(),
  offered: Type.Integer(),
  updated: Type.Integer(),
  failed: Type.Integer(),
  silent: Type.Integer(),
});
export type RolloutCounts = Type.Static<typeof RolloutCounts>;

/**
 * An agent that was told to change its version, and did not get there. One that is late is connected, and has neither the version
 * nor reported a failure: it runs a long job, or its owner has pinned it.
 */
const LostAgent = Type.Object({
  agentID: Text,
  hostname: Text,
  outcome: Type.Enum(['failed', 'silent', 'late']),
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
  /** Some of those that failed, fell silent or are late, the latest first; "whole" has how many of the former two there are. */
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
