import { Backoff } from '../../../lib/backoff.ts';
import { describeError, isAppError, type AppError } from '../../../lib/errors.ts';
import { sleepOrRing } from '../../../lib/sleep-or-ring.ts';
import { Stopped } from '../../../lib/stopped.ts';
import { Wakeup } from '../../../lib/wakeup.ts';
import type { JobPhase } from '../../../store/agent/job-journal.ts';
import { changeSwitch, stateOf } from '../switch/switch-file.ts';
import { lapsed, named, type SwitchState } from '../switch/switch-state.ts';
import { endingOf, endUpdate, giveUp, outputOf } from './end-update.ts';
import { retryWanted, rollBack } from './requests-here.ts';
import { standingOf } from './settle-update.ts';
import { acceptUpdate, updateUnderWay, type UpdateJob } from './update-job.ts';
import { fetchVersion, switchOver, tryOut, type UpdateStep } from './update-steps.ts';
import type { UpdaterOptions } from './updater-options.ts';
import { isStillWanted, wantedVersion } from './wanted-version.ts';

/** An update's one way to the switch; after it, switch.json says how it goes. */
const STEPS: Partial<Record<JobPhase, UpdateStep>> = {
  accepted: fetchVersion, // -> fetched
  fetched: tryOut, // -> extracted
  extracted: switchOver, // -> on probation
};

const RETRY = { baseMs: 1_000, capMs: 5 * 60_000 };
/** While a version is on probation; what ends it writes a file and tells nobody. */
const PROBATION_LOOK_MS = 1_000;
/** Between two attempts to start a version whose start could not be counted. */
const STAND_IN_MS = 30_000;
/** While a version that could not be had waits for its next time; often, because clocks are set. */
const LAPSE_LOOK_MS = 10 * 60_000;
const AT_ONCE = 0;

const CANCELED = { outcome: 'canceled', reason: 'Canceled before the switch' } as const;
const SUPERSEDED = { outcome: 'canceled', reason: 'This version is not wanted any more' } as const;
const TOO_LATE = 'It was canceled after the switch, which is undone by naming another version only';

/**
 * Has this endpoint run the version that it is to run. Each look begins with the journal and switch.json, so that it makes no
 * difference where an earlier process ended, nor which version that was.
 */
export class Updater {
  readonly #options: UpdaterOptions;
  readonly #bell = new Wakeup();
  readonly #backoff: Backoff;
  readonly #begunAt: number;
  #attempt: { readonly update: UpdateJob; readonly stop: AbortController } | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...RETRY, clock: options.clock, random: options.random });
    this.#begunAt = options.clock.monotonic();
  }

  /** There may be something to do, or a better chance to. */
  wake(): void {
    const { update, stop } = this.#attempt ?? {};
    if (update !== undefined && this.#isCalledOff(update)) stop?.abort(new Stopped('job-canceled'));
    this.#bell.ring();
  }

  /** The server names another version than before. */
  versionNamed(): void {
    try {
      this.#heedServer();
    } catch {
      // The next look finds it out as well.
    }
    this.wake();
  }

  /** Somebody here asks for the version that failed. */
  retry(): void {
    this.#heed(retryWanted);
  }

  /** Somebody here wants the previous version back; the current one is not tried again until asked. */
  rollBack(): void {
    this.#heed(rollBack);
  }

  /** A request that cannot be written down is dropped: it must not end the agent. */
  #heed(request: (options: UpdaterOptions) => void): void {
    try {
      request(this.#options);
    } catch (error) {
      this.#options.log.error('update.request-lost', 'A request cannot be written down', { err: error });
    }
    this.wake();
  }

  async loop(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const waitMs = await this.#lookAgain(signal);
      if (waitMs === undefined) await this.#bell.wait(signal);
      else if (waitMs > AT_ONCE) await sleepOrRing(waitMs, { clock, bell: this.#bell, signal });
    }
  }

  /** Until the next look, in milliseconds; undefined when only a ring makes a difference. */
  async #lookAgain(signal: AbortSignal): Promise<number | undefined> {
    try {
      return await this.#look(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error) || !error.retryable) throw error;
      this.#options.log.warn('update.unwritten', 'An update cannot be written down; trying again', {
        err: error,
      });
      return this.#backoff.next();
    }
  }

  async #look(signal: AbortSignal): Promise<number | undefined> {
    const state = this.#heedServer();
    const update = updateUnderWay(this.#options.journal);
    if (update === undefined) return this.#begin(state);
    const standing = standingOf(update, state);
    switch (standing.kind) {
      case 'ended':
        if (update.job.cancelRequested) outputOf(update.job.jobID, this.#options).line(TOO_LATE);
        endUpdate(update, standing.ending, this.#options);
        return AT_ONCE;
      case 'on-probation':
        return this.#seeThrough(update);
      case 'ahead':
        return this.#isCalledOff(update) ? this.#callOff(update) : await this.#advance(update, signal);
    }
  }

  #begin(state: SwitchState): number | undefined {
    const { desiredVersion, own } = this.#options;
    if (state.probation !== undefined) return PROBATION_LOOK_MS;
    const wanted = wantedVersion(state, desiredVersion());
    if (wanted === undefined || wanted === own) return isLapsing(state) ? LAPSE_LOOK_MS : undefined;
    acceptUpdate({ updateTo: wanted, updateFrom: own }, this.#options);
    return AT_ONCE;
  }

  /** The version that made the switch ends here; the one on probation only waits. */
  #seeThrough({ job, origin }: UpdateJob): number {
    const { journal, own, makeRoom, whenBusy } = this.#options;
    if (job.phase === 'running' && own !== origin.updateTo) return this.#standIn();
    if (job.phase === 'running') return PROBATION_LOOK_MS;
    journal.commit(job, { phase: 'running' });
    if (own !== origin.updateTo) makeRoom({ isUrgent: whenBusy === 'interrupt' });
    return PROBATION_LOOK_MS;
  }

  /** It runs because the start of the other could not be written down. It may fail again, although this goes well: so no haste. */
  #standIn(): number {
    const { makeRoom, clock } = this.#options;
    const waitMs = STAND_IN_MS - (clock.monotonic() - this.#begunAt);
    if (waitMs > 0) return waitMs;
    changeSwitch(this.#options, (state) => ({ ...state })); // only to see whether it can be written now
    makeRoom({ isUrgent: false });
    return STAND_IN_MS;
  }

  async #advance(update: UpdateJob, stopping: AbortSignal): Promise<number> {
    const { journal, jobs } = this.#options;
    const { job } = update;
    const stop = new AbortController();
    this.#attempt = { update, stop };
    const output = outputOf(job.jobID, this.#options);
    try {
      const signal = AbortSignal.any([stop.signal, stopping]);
      const change = await STEPS[job.phase]?.(update, { ...this.#options, output, signal });
      if (change !== undefined) journal.commit(job, change);
      this.#backoff.reset();
      return AT_ONCE;
    } catch (error) {
      stopping.throwIfAborted();
      jobs.resume();
      if (stop.signal.aborted) return AT_ONCE;
      if (isWorthAnother(error)) {
        output.line(`${describeError(error)}; trying again`);
        return this.#backoff.next(error.retryAfterMs);
      }
      giveUp(update, endingOf(error, update), this.#options);
      return AT_ONCE;
    } finally {
      this.#attempt = undefined;
    }
  }

  #callOff(update: UpdateJob): number {
    if (update.job.cancelRequested) giveUp(update, CANCELED, this.#options);
    else endUpdate(update, SUPERSEDED, this.#options);
    return AT_ONCE;
  }

  #isCalledOff({ job, origin }: UpdateJob): boolean {
    const { cancelRequested = false } = this.#options.journal.get(job.jobID) ?? {};
    return cancelRequested || !isStillWanted(origin, stateOf(this.#options), this.#options.desiredVersion());
  }

  /** By what it wanted before, so that it makes no difference when this process ends. During a probation the guard has the file. */
  #heedServer(): SwitchState {
    const { desiredVersion, clock } = this.#options;
    const heed = (state: SwitchState): SwitchState =>
      state.probation === undefined ? lapsed(named(state, desiredVersion()), clock.now()) : state;
    const state = stateOf(this.#options);
    return heed(state) === state ? state : changeSwitch(this.#options, heed);
  }
}

/** Whether anything that failed is to be tried again without anybody asking. */
function isLapsing({ bad }: SwitchState): boolean {
  return Object.values(bad).some(({ retryAt }) => retryAt !== undefined);
}

/** What came spoilt each time that it was fetched will not get better. */
function isWorthAnother(error: unknown): error is AppError {
  return isAppError(error) && error.retryable && error.code !== 'RELEASE_UNTRUSTED';
}
