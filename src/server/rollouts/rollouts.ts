import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { AgentRecord, AgentStore } from '../../store/server/agent-store.ts';
import type { AssignmentTarget } from '../../store/server/assignment-store.ts';
import type { GroupStore } from '../../store/server/group-store.ts';
import type {
  RolloutCounts,
  RolloutPlan,
  RolloutRecord,
  RolloutStore,
  ToldAgent,
} from '../../store/server/rollout-store.ts';
import type { Conductor } from './conductor.ts';
import { isStuck, type WaitsFor } from './next-step.ts';
import { lateBefore } from './outcome-of.ts';
import { stageCount, stagesOf } from './plan-stages.ts';
import { requirePlan } from './require-plan.ts';
import { requirePublished, type PublishedReleases } from './require-published.ts';

export interface RolloutsOptions {
  store: RolloutStore;
  agents: Pick<AgentStore, 'list'>;
  groups: Pick<GroupStore, 'get'>;
  releases: PublishedReleases;
  changedFor: (target: AssignmentTarget) => Promise<void>;
  conductor: Pick<Conductor, 'wake' | 'waitsFor'>;
  clock: Clock;
}

export interface RolloutOrder {
  readonly group: string;
  readonly version: string;
  readonly plan: RolloutPlan;
  readonly createdBy: string;
}

/** A rollout, and how far it has come: in the stages up to the one under way, and as a whole. */
export interface RolloutProgress {
  readonly rollout: RolloutRecord;
  readonly stages: number;
  readonly stage: RolloutCounts;
  readonly whole: RolloutCounts;
  /** Some of those that have not got there. */
  readonly lost: readonly ToldAgent[];
  readonly waitsFor: WaitsFor | undefined;
}

/** An admin looks at a few and mends what they have in common. */
const LOST_SHOWN = 20;
const ENDED_SHOWN = 10;

/** What admins do with rollouts; the conductor moves them. */
export class Rollouts {
  readonly #options: RolloutsOptions;

  constructor(options: RolloutsOptions) {
    this.#options = options;
  }

  /**
   * @throws AppError GROUP_NOT_FOUND, AGENT_NOT_FOUND for a canary that is not in the group, RELEASE_NOT_FOUND, ROLLOUT_INVALID,
   * ROLLOUT_UNDER_WAY
   */
  async start({ group, version, plan, createdBy }: RolloutOrder): Promise<RolloutRecord> {
    const { store, agents, groups, releases, clock, conductor } = this.#options;
    requirePlan(plan);
    const record = await groups.get(group);
    if (record === undefined) throw new AppError('GROUP_NOT_FOUND', `There is no group "${group}"`);
    if (record.agentVersion === version) {
      throw new AppError(
        'ROLLOUT_INVALID',
        `Version ${version} is that of group "${group}" already; where it failed, "commander-agent update check --retry" tries it again`,
      );
    }
    const members = (await agents.list({ group })).filter((agent) => takesPart(agent, group));
    requirePublished(version, { agents: members, releases });
    const agentIDs = members.map(({ agentID }) => agentID);
    const stranger = plan.canaries.find((agentID) => !agentIDs.includes(agentID));
    if (stranger !== undefined) {
      throw new AppError(
        'AGENT_NOT_FOUND',
        `Canary "${stranger}" takes no part: it must be an agent of group "${group}", neither pinned nor revoked`,
      );
    }
    const rolloutID = randomUUID();
    const rollout: RolloutRecord = {
      ...{ rolloutID, group, version, plan, createdBy },
      ...{ state: 'running', stage: 0, tolerated: 0, createdAt: clock.now() },
    };
    await store.add(rollout, stagesOf(agentIDs, rollout));
    conductor.wake();
    return rollout;
  }

  /** Those under way and the last that ended, newest first. */
  async list(filter: { group?: string }): Promise<RolloutProgress[]> {
    const all = await this.#options.store.list(filter);
    const ended = all.filter(({ endedAt }) => endedAt !== undefined).slice(0, ENDED_SHOWN);
    const shown = all.filter((rollout) => rollout.endedAt === undefined || ended.includes(rollout));
    return await Promise.all(shown.map(async (rollout) => await this.#progressOf(rollout)));
  }

  /** Nobody else is told; who was told goes on. @throws AppError ROLLOUT_NOT_FOUND */
  async pause(group: string): Promise<void> {
    const { store } = this.#options;
    const { rolloutID } = await this.#underWay(group);
    await store.change(rolloutID, { state: 'paused', reason: null });
  }

  /** What has failed until now halts it no more, nor that a stage has shown nothing. @throws AppError ROLLOUT_NOT_FOUND */
  async resume(group: string): Promise<void> {
    const { store, clock, conductor } = this.#options;
    const { rolloutID, stage } = await this.#underWay(group);
    const counts = await store.count(rolloutID, { stage, lateBefore: lateBefore(clock.now()) });
    await store.change(rolloutID, {
      ...{ state: 'running', tolerated: counts.failed + counts.silent, reason: null },
      ...(isStuck(counts) && { acceptedStage: stage }),
    });
    conductor.wake();
  }

  /** All go back to the version of their group, if it has one. @throws AppError ROLLOUT_NOT_FOUND */
  async abort(group: string): Promise<void> {
    const { store, changedFor, clock } = this.#options;
    const { rolloutID } = await this.#underWay(group);
    await store.end(rolloutID, { state: 'aborted', at: clock.now() });
    await changedFor({ group });
  }

  async #underWay(group: string): Promise<RolloutRecord> {
    const [rollout] = await this.#options.store.list({ group, underWay: true });
    if (rollout !== undefined) return rollout;
    throw new AppError('ROLLOUT_NOT_FOUND', `No rollout is under way in group "${group}"`);
  }

  async #progressOf(rollout: RolloutRecord): Promise<RolloutProgress> {
    const { store, clock, conductor } = this.#options;
    const { rolloutID, stage, plan, final } = rollout;
    const stages = stageCount(plan);
    if (final !== undefined) {
      return { rollout, stages, stage: final, whole: final, lost: [], waitsFor: undefined };
    }
    const late = { lateBefore: lateBefore(clock.now()) };
    return {
      ...{ rollout, stages },
      stage: await store.count(rolloutID, { stage, ...late }),
      whole: await store.count(rolloutID, { stage: stages - 1, ...late }),
      lost: await store.lost(rolloutID, { limit: LOST_SHOWN, ...late }),
      waitsFor: conductor.waitsFor(rolloutID),
    };
  }
}

/** As the store has it of those that a rollout concerns. */
function takesPart({ group, pinnedVersion, revokedAt }: AgentRecord, ofGroup: string): boolean {
  return group === ofGroup && pinnedVersion === undefined && revokedAt === undefined;
}
