import { Backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { describeError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { TaskSpec, UnitState } from '../../protocol/schemas/desired.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { JobJournal } from '../../store/agent/job-journal.ts';
import type { ScheduleStore, TaskRecord } from '../../store/agent/schedule-store.ts';
import type { TaskUnits } from '../desired/units.ts';
import { ClockWatch } from './clock-watch.ts';
import { isRunning, wakeTimeOf } from './schedule-rules.ts';
import { settleTask, type Settled } from './settle-task.ts';
import { beginRecord, ruleOf } from './task-plan.ts';
import { brokenTask, taskState } from './task-state.ts';

export interface SchedulerOptions {
  readonly agentID: string;
  readonly store: ScheduleStore;
  readonly journal: Pick<JobJournal, 'get'>;
  /** Of the job pipeline. */
  readonly accept: (assignments: readonly JobAssignment[]) => void;
  readonly cancel: (jobIDs: readonly string[]) => void;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
}

/** Within this a clock that was set forward is noticed, though nothing is due. */
const LONGEST_SLEEP_MS = 15 * 60_000;
const RETRY_WAIT = { baseMs: 1000, capMs: 60_000 };

/**
 * Puts runs of tasks into the journal when they are due. It keeps times, not timers: one sleep, until the first of them,
 * and each look begins with what store, journal and clock say then, so that a wake-up too many changes nothing.
 */
export class Scheduler implements TaskUnits {
  readonly #options: SchedulerOptions;
  readonly #bell = new Wakeup();
  readonly #clockWatch: ClockWatch;
  readonly #retry: Backoff;
  readonly #records: Map<string, TaskRecord>;
  /** Why a task cannot be kept up, by its name. */
  readonly #broken = new Map<string, string>();
  readonly #listeners: ((state: UnitState) => void)[] = [];
  #specs: ReadonlyMap<string, TaskSpec> = new Map();
  /** Taken over at the next look, so that no look sees two documents. */
  #wanted: readonly TaskSpec[] | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#clockWatch = new ClockWatch(options.clock);
    this.#retry = new Backoff({ ...RETRY_WAIT, clock: options.clock, random: options.random });
    this.#records = new Map(options.store.load().map((record) => [record.task, record]));
  }

  desiredChanged(specs: readonly TaskSpec[]): void {
    this.#wanted = specs;
    this.wake();
  }

  states(): UnitState[] {
    const specs = this.#wanted ?? [...this.#specs.values()];
    return specs.map((spec) => this.#stateOf(spec));
  }

  onChange(listener: (state: UnitState) => void): void {
    this.#listeners.push(listener);
  }

  /** A run may have ended, or the clock may tell another time. */
  wake(): void {
    this.#bell.ring();
  }

  async loop(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const waitMs = await this.#lookOrWait();
      await sleepOrRing(waitMs, { clock, bell: this.#bell, signal });
    }
  }

  /** Gives back for how long there is nothing to do. A full disk, say, is no reason to stop the agent. */
  async #lookOrWait(): Promise<number> {
    try {
      await this.#adopt();
      await this.#look();
      this.#retry.reset();
      return this.#sleepMs();
    } catch (error) {
      this.#options.log.error('schedule.failed', 'The schedule could not be kept up, which is tried again', {
        err: error,
      });
      return this.#retry.next();
    }
  }

  /** What is new begins, what is gone ends with its run, and what has only another archive goes on. */
  async #adopt(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const { store, cancel } = this.#options;
    const specs = new Map(wanted.map((spec) => [spec.name, spec]));
    const begun = await this.#begin(wanted);
    const gone = [...this.#records.values()].filter(({ task }) => !specs.has(task));
    if (begun.length > 0) store.save(begun);
    cancel(gone.flatMap((record) => (record.run !== undefined && isRunning(record) ? record.run.jobID : [])));
    if (gone.length > 0) store.remove(gone.map(({ task }) => task));
    for (const { task } of gone) this.#records.delete(task);
    this.#specs = specs;
    if (this.#wanted === wanted) this.#wanted = undefined;
    this.#replace(begun);
  }

  async #begin(specs: readonly TaskSpec[]): Promise<TaskRecord[]> {
    const { agentID, clock } = this.#options;
    const begun: TaskRecord[] = [];
    this.#broken.clear();
    for (const spec of specs) {
      const before = this.#records.get(spec.name);
      if (before?.rule === ruleOf(spec)) continue;
      await this.#orBroken(spec.name, async () => {
        begun.push(await beginRecord(spec, { agentID, now: clock.now(), before }));
      });
    }
    return begun;
  }

  /** The journal goes first: its IDs make a repeat harmless. Nothing counts here before it is in the store. */
  async #look(): Promise<void> {
    const { store, accept, cancel } = this.#options;
    const settled = await this.#settleAll();
    const assignments = settled.flatMap(({ assignment = [] }) => assignment);
    const canceled = settled.flatMap(({ canceled: jobID = [] }) => jobID);
    const records = settled.map(({ record }) => record);
    if (assignments.length > 0) accept(assignments);
    if (records.length > 0) store.save(records);
    if (canceled.length > 0) cancel(canceled);
    this.#replace(records);
  }

  async #settleAll(): Promise<Settled[]> {
    const context = {
      ...this.#options,
      now: this.#options.clock.now(),
      setBackMs: this.#clockWatch.setBackMs(),
    };
    const all: Settled[] = [];
    for (const [before, spec] of this.#kept())
      await this.#orBroken(spec.name, async () => {
        const settled = await settleTask(before, spec, context);
        if (settled.record !== before) all.push(settled);
      });
    return all;
  }

  /** One task's trouble is not the others'. */
  async #orBroken(task: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isAppError(error, 'SCHEDULE_INVALID')) throw error;
      this.#broken.set(task, describeError(error));
      this.#options.log.warn('schedule.broken', 'A task cannot be kept up', { task, err: error });
    }
  }

  #kept(): [TaskRecord, TaskSpec][] {
    return [...this.#specs.values()].flatMap((spec) => {
      const record = this.#records.get(spec.name);
      return record === undefined || this.#broken.has(spec.name) ? [] : [[record, spec]];
    });
  }

  #sleepMs(): number {
    const first = Math.min(...this.#kept().map(([record]) => wakeTimeOf(record)));
    return Math.max(0, Math.min(first - this.#options.clock.now(), LONGEST_SLEEP_MS));
  }

  #replace(records: readonly TaskRecord[]): void {
    for (const record of records) this.#records.set(record.task, record);
    for (const { task } of records) {
      const spec = this.#specs.get(task);
      if (spec !== undefined) for (const listener of this.#listeners) listener(this.#stateOf(spec));
    }
  }

  #stateOf(spec: TaskSpec): UnitState {
    const now = this.#options.clock.now();
    const problem = this.#broken.get(spec.name);
    if (problem !== undefined) return brokenTask(spec, problem, now);
    return taskState(spec, this.#records.get(spec.name), now);
  }
}
