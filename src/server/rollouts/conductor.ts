import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { AssignmentTarget } from '../../store/server/assignment-store.ts';
import type {
  CandidateAgent,
  RolloutOutcome,
  RolloutRecord,
  RolloutStore,
  ToldAgent,
} from '../../store/server/rollout-store.ts';
import { nextStep, type NextStep } from './next-step.ts';
import { outcomeOf } from './outcome-of.ts';
import { isOpen } from './window.ts';

export interface ConductorOptions {
  store: RolloutStore;
  checkins: { isConnected(agentID: string): boolean };
  changedFor: (target: AssignmentTarget) => Promise<void>;
  clock: Clock;
  log: Logger;
  /** Between two looks at what is under way; while nothing is, it does not look. */
  intervalMs?: number;
}

const INTERVAL_MS = 2000;

/** Moves the rollouts that are under way. All it knows is in the store, so that a restart of the server changes nothing. */
export class Conductor {
  readonly #options: ConductorOptions;
  readonly #bell = new Wakeup();

  constructor(options: ConductorOptions) {
    this.#options = options;
  }

  /** A rollout was begun or goes on. */
  wake(): void {
    this.#bell.ring();
  }

  async loop(signal: AbortSignal): Promise<void> {
    const { store, clock, log, intervalMs = INTERVAL_MS } = this.#options;
    for (;;) {
      const running = (await store.list({ underWay: true })).filter(({ state }) => state === 'running');
      for (const rollout of running) {
        try {
          await this.#move(rollout);
        } catch (error) {
          log.error('rollout.stuck', 'Cannot move a rollout; it is tried again', {
            ...{ rolloutID: rollout.rolloutID, err: error },
          });
        }
      }
      if (running.length === 0) await this.#bell.wait(signal);
      else await clock.sleep(intervalMs, signal);
    }
  }

  async #move(rollout: RolloutRecord): Promise<void> {
    const { store, checkins, clock } = this.#options;
    const { rolloutID, stage } = rollout;
    const now = clock.now();
    const waiting = await store.waiting(rolloutID);
    const outcomes = this.#outcomes(rollout, waiting, now);
    await store.settle(rolloutID, outcomes);
    const candidates = (await store.candidates(rolloutID, stage)).filter(({ agentID }) =>
      checkins.isConnected(agentID),
    );
    const counts = await store.count(rolloutID, stage);
    const step = nextStep(rollout, { counts, candidates: candidates.length, now });
    const open = waiting.filter(({ agentID, outcome }) => outcome === undefined && !outcomes.has(agentID));
    if (step.kind === 'offer') await this.#offer(rollout, candidates, open);
    else await this.#take(rollout, step);
  }

  #outcomes(rollout: RolloutRecord, waiting: readonly ToldAgent[], now: number): Map<string, RolloutOutcome> {
    const outcomes = new Map<string, RolloutOutcome>();
    for (const agent of waiting) {
      const isConnected = this.#options.checkins.isConnected(agent.agentID);
      const outcome = outcomeOf(agent, rollout, { isConnected, now });
      if (outcome !== undefined && outcome !== agent.outcome) outcomes.set(agent.agentID, outcome);
    }
    return outcomes;
  }

  /** Who has arrived proves the version without a download, and so leaves its place to the next. */
  async #offer(
    { rolloutID, plan, version }: RolloutRecord,
    candidates: readonly CandidateAgent[],
    open: readonly ToldAgent[],
  ): Promise<void> {
    const { store, changedFor, clock } = this.#options;
    if (plan.window !== undefined && !isOpen(plan.window, clock.now())) return;
    const underWay = open.filter((agent) => agent.version !== version).length;
    const next = candidates.slice(0, Math.max(plan.atOnce - underWay, 0));
    if (next.length === 0) return;
    const agentIDs = next.map(({ agentID }) => agentID);
    await store.offer(rolloutID, agentIDs, clock.now());
    const there = next.filter((agent) => agent.version === version);
    await store.settle(rolloutID, new Map(there.map(({ agentID }) => [agentID, 'updated'])));
    for (const agentID of agentIDs) await changedFor({ agentID });
  }

  async #take({ rolloutID, group, version }: RolloutRecord, step: NextStep): Promise<void> {
    const { store, changedFor, clock, log } = this.#options;
    if (step.kind === 'rest') await store.change(rolloutID, { restsUntil: step.until });
    if (step.kind === 'advance') {
      await store.change(rolloutID, { stage: step.stage, restsUntil: null });
      log.info('rollout.advanced', 'A rollout goes on to its next stage', { rolloutID, stage: step.stage });
    }
    if (step.kind === 'halt') {
      await store.change(rolloutID, { state: 'paused', reason: step.reason });
      log.warn('rollout.halted', 'A rollout was halted', { rolloutID, group, version, reason: step.reason });
    }
    if (step.kind === 'complete') {
      await store.end(rolloutID, { state: 'completed', at: clock.now() });
      await changedFor({ group });
      log.info('rollout.completed', 'A rollout is complete', { rolloutID, group, version });
    }
  }
}
