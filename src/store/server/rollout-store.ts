import type { JobResultRecord } from './job-store.ts';

/** So many percent of the group, counted from the first stage on, and then a rest. */
export interface RolloutStage {
  readonly percent: number;
  /** After all of it have the version, before the next stage begins. */
  readonly restSeconds: number;
}

/** When endpoints may be told to change their version: every day from one time to the other, also across midnight. */
export interface RolloutWindow {
  /** As `22:00`. */
  readonly from: string;
  readonly to: string;
  /** IANA name. */
  readonly timeZone: string;
}

export interface RolloutPlan {
  /** Agents that go first, before all stages. */
  readonly canaries: readonly string[];
  /** Growing; the last one is 100 percent. */
  readonly stages: readonly RolloutStage[];
  /** How many percent of those that were told may fail or fall silent before the rollout halts. */
  readonly maxFailedPercent: number;
  /** Disconnected for so long after it was told, an agent counts as silent. */
  readonly silentSeconds: number;
  /** How many agents change their version at the same time. */
  readonly atOnce: number;
  readonly window?: RolloutWindow;
}

/** `running` and `paused` are under way; the others are over. */
export type RolloutState = 'running' | 'paused' | 'completed' | 'aborted';

/** A group's way from one version to another. Times are milliseconds since the epoch. */
export interface RolloutRecord {
  readonly rolloutID: string;
  readonly group: string;
  readonly version: string;
  readonly plan: RolloutPlan;
  readonly state: RolloutState;
  /** Index of the stage that is under way: 0 are the canaries, if there are any, and so on. */
  readonly stage: number;
  /** While the rest after a stage lasts. */
  readonly restsUntil?: number;
  /** Failures that an admin has accepted by resuming. */
  readonly tolerated: number;
  /** The stage that need not show any more that the version works, because an admin has resumed after it had halted there. */
  readonly acceptedStage?: number;
  /** Why it halted or ended, one sentence. */
  readonly reason?: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly endedAt?: number;
  /** How far it had come when it ended. */
  readonly final?: RolloutCounts;
}

/**
 * What came of an agent that was told. `updated`: the version has proven itself there. `gone`: it takes no part any more, because it
 * was revoked, pinned or moved to another group.
 */
export type RolloutOutcome = 'updated' | 'failed' | 'silent' | 'gone';

/** How many agents of the stages up to one are where. */
export interface RolloutCounts {
  readonly agents: number;
  /** Told to change, whatever came of it. */
  readonly offered: number;
  readonly updated: number;
  readonly failed: number;
  readonly silent: number;
  readonly gone: number;
  /** Told long ago, and nothing has come of it; they hold nothing up any more. */
  readonly late: number;
}

/** An agent that may be told. */
export interface CandidateAgent {
  readonly agentID: string;
  /** What it runs, as it last said. */
  readonly version: string;
}

/** An agent that was told. */
export interface ToldAgent {
  readonly agentID: string;
  readonly hostname: string;
  readonly offeredAt: number;
  readonly outcome?: RolloutOutcome;
  readonly takesPart: boolean;
  /** What it runs, as it last said. */
  readonly version?: string;
  readonly lastSeenAt?: number;
  /** How the last change to the rollout's version ended that it has reported since. */
  readonly ending?: Pick<JobResultRecord, 'outcome' | 'reason'>;
}

export type RolloutStep = Partial<Pick<RolloutRecord, 'state' | 'stage' | 'tolerated' | 'acceptedStage'>> & {
  /** Null ends the rest. */
  restsUntil?: number | null;
  reason?: string | null;
};

export interface RolloutStore {
  /** With the stage of each agent that takes part. @throws AppError ROLLOUT_UNDER_WAY */
  add(rollout: RolloutRecord, stageOf: ReadonlyMap<string, number>): Promise<void>;
  get(rolloutID: string): Promise<RolloutRecord | undefined>;
  /** Newest first. */
  list(filter: { group?: string; underWay?: true }): Promise<RolloutRecord[]>;
  change(rolloutID: string, step: RolloutStep): Promise<void>;
  /** Over: when completed, the group's version becomes that of the rollout in the same transaction. Its agents are forgotten. */
  end(rolloutID: string, how: { state: 'completed' | 'aborted'; reason?: string; at: number }): Promise<void>;
  /** Agents of the stages up to `stage` that were not told yet and may be; those of the original know no versions. */
  candidates(rolloutID: string, stage: number): Promise<CandidateAgent[]>;
  offer(rolloutID: string, agentIDs: readonly string[], at: number): Promise<void>;
  /** Those that were told and are not updated. */
  waiting(rolloutID: string): Promise<ToldAgent[]>;
  /** Of these, those that have an outcome or are late, the latest that were told first. */
  lost(rolloutID: string, filter: { lateBefore: number; limit: number }): Promise<ToldAgent[]>;
  settle(rolloutID: string, outcomes: ReadonlyMap<string, RolloutOutcome>): Promise<void>;
  /** Those told before `lateBefore` without an outcome count as late. */
  count(rolloutID: string, filter: { stage: number; lateBefore: number }): Promise<RolloutCounts>;
  /** Those of the agents that a rollout under way has told what to run. */
  offers(filter: { agentID?: string }): Promise<Map<string, string>>;
}
