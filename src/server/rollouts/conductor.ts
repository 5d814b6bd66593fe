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
import { nextStep, type NextStep, type WaitsFor } from './next-step.ts';
import { lateBefore, outcomeOf } from './outcome-of.ts';
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
  readonly #waits = new Map<string, WaitsFor>();

  constructor(options: ConductorOptions) {
    this.#options = options;
  }

  /** A rollout was begun or goes on. */
  wake(): void {
    this.#bell.ring();
  }

  /** Undefined when it does not wait, or is not under way. */
  waitsFor(rolloutID: string): WaitsFor | undefined {
    return this.#waits.get(rolloutID);
  }

  async loop(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs = INTERVAL_MS } = this.#options;
    const watchedSince = clock.now();
    for (;;) {
      const isAnyUnderWay = await this.#look(watchedSince);
      if (isAnyUnderWay) await clock.sleep(intervalMs, signal);
      else await this.#bell.wait(signal);
    }
  }

  /** Whether any is under way, as far as that can be found out. What goes wrong is tried again at the next look. */
  async #look(watchedSince: number): Promise<boolean> {
    const { store, log } = this.#options;
    const noteFailure = (error: unknown): void =>
      log.error('rollout.stuck', 'Cannot move a rollout; it is tried again', { err: error });
    const underWay = (await store.list({ underWay: true }).catch(noteFailure)) ?? undefined;
    this.#waits.clear();
    for (const rollout of underWay ?? []) await this.#move(rollout, watchedSince).catch(noteFailure);
    return underWay?.length !== 0;
  }

  /** One that is paused hears what comes of those that were told, and does no more. */
  async #move(rollout: RolloutRecord, watchedSince: number): Promise<void> {
    const { store, checkins, clock } = this.#options;
    const { rolloutID, stage, state } = rollout;
    const now = clock.now();
    const waiting = await store.waiting(rolloutID);
    const outcomes = this.#outcomes(rollout, waiting, { now, watchedSince });
    await store.settle(rolloutID, outcomes);
    if (state !== 'running') return;
    const candidates = (await store.candidates(rolloutID, stage)).filter(({ agentID }) =>
      checkins.isConnected(agentID),
    );
    const counts = await store.count(rolloutID, { stage, lateBefore: lateBefore(now) });
    const step = nextStep(rollout, { counts, candidates: candidates.length, now });
    const open = waiting.filter(({ agentID, outcome }) => outcome === undefined && !outcomes.has(agentID));
    if (step.kind === 'offer') await this.#offer(rollout, candidates, open);
    else await this.#take(rollout, step);
  }

  #outcomes(
    rollout: RolloutRecord,
    waiting: readonly ToldAgent[],
    when: { now: number; watchedSince: number },
  ): Map<string, RolloutOutcome> {
    const outcomes = new Map<string, RolloutOutcome>();
    for (const agent of waiting) {
      const isConnected = this.#options.checkins.isConnected(agent.agentID);
      const outcome = outcomeOf(agent, rollout, { isConnected, ...when });
      if (outcome !== undefined && outcome !== agent.outcome) outcomes.set(agent.agentID, outcome);
    }
    return outcomes;
  }

  /** Who has arrived proves the version without a download, and who is late may never begin one: both leave their place to others. */
  async #offer(
    { rolloutID, plan, version }: RolloutRecord,
    candidates: readonly CandidateAgent[],
    open: readonly ToldAgent[],
  ): Promise<void> {
    const { store, changedFor, clock } = this.#options;
    const now = clock.now();
    if (plan.window !== undefined && !isOpen(plan.window, now)) {
      this.#waits.set(rolloutID, 'window');
      return;
    }
    const fetching = open.filter((agent) => agent.version !== version && agent.offeredAt >= lateBefore(now));
    const next = candidates.slice(0, Math.max(plan.atOnce - fetching.length, 0));
    if (next.length === 0) return;
    const agentIDs = next.map(({ agentID }) => agentID);
    await store.offer(rolloutID, agentIDs, now);
    const there = next.filter((agent) => agent.version === version);
    await store.settle(rolloutID, new Map(there.map(({ agentID }) => [agentID, 'updated'])));
    for (const agentID of agentIDs) await changedFor({ agentID });
  }

  async #take({ rolloutID, group, version }: RolloutRecord, step: NextStep): Promise<void> {
    const { store, changedFor, clock, log } = this.#options;
    if (step.kind === 'wait') this.#waits.set(rolloutID, step.for);
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
