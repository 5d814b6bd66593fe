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

/**
 * Agents: all, those that were told, and what came of these. `updated`: the version has proven itself there; `gone`: revoked, pinned or
 * moved since; `late`: told half an hour ago, and neither there nor failed, as one that runs a long job or was pinned by its owner.
 */
export const RolloutCounts = Type.Object({
  agents: Type.Integer(),
  offered: Type.Integer(),
  updated: Type.Integer(),
  failed: Type.Integer(),
  silent: Type.Integer(),
  gone: Type.Integer(),
  late: Type.Integer(),
});
export type RolloutCounts = Type.Static<typeof RolloutCounts>;

/** An agent that was told to change its version, and did not get there. */
const LostAgent = Type.Object({
  agentID: Text,
  hostname: Text,
  outcome: Type.Enum(['failed', 'silent', 'gone', 'late']),
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
  /** Some of those that have not got there, the latest that were told first; "whole" has how many there are. */
  lost: Type.Array(LostAgent),
  /** A rest after a stage ends then. */
  restsUntil: Type.Optional(Instant),
  /** Of one that runs and has nothing to do now. */
  waitsFor: Type.Optional(Type.Enum(['agents', 'reports', 'rest', 'window'])),
  /** Why it halted. */
  reason: OptionalText,
  createdAt: Instant,
  createdBy: Text,
  endedAt: Type.Optional(Instant),
});
export type RolloutView = Type.Static<typeof RolloutView>;

export const RolloutList = Type.Object({ rollouts: Type.Array(RolloutView) });
export type RolloutList = Type.Static<typeof RolloutList>;
