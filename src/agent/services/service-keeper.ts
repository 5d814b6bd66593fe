import { isDeepStrictEqual } from 'node:util';
import { Backoff } from '../../lib/backoff.ts';
import { describeError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { removeDir } from '../../lib/remove-dir.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { ServiceSpec, UnitState } from '../../protocol/schemas/desired.ts';
import type { ServiceEnd, ServiceRecord, ServiceState } from '../../store/agent/service-store.ts';
import type { AttendedRun } from './attended-run.ts';
import { CurrentRun } from './current-run.ts';
import { describeService } from './describe-service.ts';
import { KeptRecord } from './kept-record.ts';
import { afterEnd, consequenceOf } from './restart-policy.ts';
import { removeOtherVersions, serviceFolder, type ServiceFolder } from './service-folder.ts';
import type { ServiceDeps } from './service-options.ts';
import { runsAlike, Succession, type Wanted } from './succession.ts';

/** After a failure of our own (a full disk), before the same is tried again. */
const RETRY_MS = 5_000;
/** Not to be started until something else is wanted. */
const AT_REST: readonly ServiceState[] = ['stopped', 'parked', 'broken'];

/** What a service must know of the others. */
export interface Peers {
  isHealthy(name: string): boolean;
  /** Whether a service that is to go as well, but still runs, depends on `name`. */
  isLeanedOn(name: string): boolean;
}

export interface KeeperOptions extends ServiceDeps {
  readonly peers: Peers;
  /** Called when people, or peers, would see a difference. */
  readonly onChange: () => void;
}

/** Milliseconds until there is more to do, unless the bell rings. */
type Wait = number | 'gone';

/**
 * Keeps one service as it is wanted. Whatever happens to it (its program ended, a probe answered, something else is wanted)
 * is noted and rings the bell; `#act` then looks at how things stand, and does the next thing. So nothing depends on the
 * order of events, and the next agent goes on from the record.
 */
export class ServiceKeeper {
  readonly #options: KeeperOptions;
  readonly #log: Logger;
  readonly #folder: ServiceFolder;
  readonly #record: KeptRecord;
  readonly #run: CurrentRun;
  readonly #succession: Succession;
  readonly #backoff: Backoff;
  readonly #bell = new Wakeup();
  #wanted: Wanted | undefined;
  /** Not before this, on the monotonic clock. */
  #startAt = 0;
  #mustRestart = false;

  constructor(before: ServiceRecord, options: KeeperOptions) {
    const { clock, random, timing, servicesDir } = options;
    const { backoffBaseMs: baseMs, backoffCapMs: capMs } = timing;
    const log = options.log.child({ service: before.name });
    const folder = serviceFolder(servicesDir, before.name);
    const record = new KeptRecord(before, { ...options, log });
    const parts = { ...options, log, folder, record, onChange: () => this.wake() };
    this.#options = options;
    this.#log = log;
    this.#folder = folder;
    this.#record = record;
    this.#run = new CurrentRun(parts);
    this.#succession = new Succession({ ...parts, onNews: options.onChange });
    this.#backoff = new Backoff({ baseMs, capMs, clock, random });
  }

  get isHealthy(): boolean {
    return this.#record.now.state === 'running';
  }

  /** Whether it is to go, still runs, and cannot do without `name` until then. */
  leansOn(name: string): boolean {
    const isLeaving = this.#wanted === undefined && this.#record.now.run !== undefined;
    return isLeaving && this.#record.now.spec?.dependsOn?.includes(name) === true;
  }

  /** Undefined: it is to go, with all it has. */
  want(wanted: Wanted | undefined): void {
    this.#wanted = wanted;
    this.wake();
  }

  /** Starts it anew, whatever has become of it; what was rejected is tried again. */
  restart(): void {
    this.#mustRestart = true;
    this.wake();
  }

  wake(): void {
    this.#bell.ring();
  }

  state(): UnitState | undefined {
    const problem = this.#wanted?.problem ?? this.#succession.problem;
    return describeService(this.#record.now, { wanted: this.#wanted?.spec, problem });
  }

  /** Resolves when the service is gone; rejects with the reason of `signal`, and leaves it running. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      let wait = await this.#trying(async () => await this.#begin(signal), signal);
      while (wait !== 'gone') {
        await sleepOrRing(wait, { clock, bell: this.#bell, signal });
        wait = await this.#trying(async () => await this.#act(signal), signal);
      }
    } finally {
      await Promise.all([this.#run.leave(), this.#succession.drop()]);
    }
  }

  /** A failure of our own must end neither a service nor the watch over it. */
  async #trying(work: () => Promise<Wait>, signal: AbortSignal): Promise<Wait> {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      this.#log.error('service.not-kept', 'A service could not be seen to; it is tried again', {
        err: error,
      });
      return RETRY_MS;
    }
  }

  async #begin(signal: AbortSignal): Promise<Wait> {
    await this.#run.recover(signal);
    return 0;
  }

  /** Does what is to be done now. */
  async #act(signal: AbortSignal): Promise<Wait> {
    if (this.#wanted === undefined) return await this.#takeDown();
    if (this.#mustRestart) await this.#beginAnew();
    const successor = await this.#succession.approach(this.#wanted, signal);
    if (successor !== undefined) await this.#switchTo(successor, signal);
    const { attended } = this.#run;
    return attended === undefined ? await this.#startWhenDue(signal) : await this.#tend(attended);
  }

  async #takeDown(): Promise<Wait> {
    await this.#succession.drop();
    if (this.#options.peers.isLeanedOn(this.#record.now.name)) return Infinity;
    await this.#stop();
    await removeDir(this.#folder.dir);
    this.#record.remove();
    this.#log.info('service.removed', 'The service was removed');
    this.#options.onChange();
    return this.#wanted === undefined ? 'gone' : 0;
  }

  async #switchTo(spec: ServiceSpec, signal: AbortSignal): Promise<void> {
    const { spec: kept } = this.#record.now;
    if (this.#run.attended !== undefined && kept !== undefined && runsAlike(spec, kept))
      await this.#adjust({ from: kept, to: spec }, signal);
    else await this.#beginAnew(spec);
  }

  /** What runs goes on; only how it is asked, kept and judged is another. */
  async #adjust({ from, to }: { from: ServiceSpec; to: ServiceSpec }, signal: AbortSignal): Promise<void> {
    const probe = isDeepStrictEqual(from.probe, to.probe) ? 'same' : 'another';
    const isGood = probe === 'same' && isDeepStrictEqual(this.#record.now.good, from);
    this.#record.save({ spec: to, rejected: undefined, ...(isGood ? { good: to } : {}) });
    await this.#run.adjust({ probe }, signal);
  }

  /** Forgets what has been, and starts `spec` next. */
  async #beginAnew(spec = this.#record.now.spec): Promise<void> {
    await this.#stop();
    this.#backoff.reset();
    this.#startAt = 0;
    this.#mustRestart = false;
    const state = spec === undefined ? 'preparing' : 'starting';
    this.#record.enter(state, { spec, rejected: undefined, restartTimes: [], failedStarts: 0 });
  }

  async #stop(): Promise<void> {
    if (this.#run.attended === undefined) return;
    this.#record.enter('stopping');
    await this.#run.end({ hasEnded: false }, (lastEnd) => this.#record.save({ lastEnd, run: undefined }));
  }

  /** While nothing runs. */
  async #startWhenDue(signal: AbortSignal): Promise<Wait> {
    const { spec, state } = this.#record.now;
    if (spec === undefined || AT_REST.includes(state)) return Infinity;
    const missing = spec.dependsOn?.find((name) => !this.#options.peers.isHealthy(name));
    if (missing !== undefined) {
      this.#record.enter('waiting', { problem: `Waits for "${missing}"` });
      return Infinity;
    }
    const leftMs = this.#startAt - this.#options.clock.monotonic();
    if (leftMs > 0) return leftMs;
    await this.#start(spec, signal);
    return 0;
  }

  async #start(spec: ServiceSpec, signal: AbortSignal): Promise<void> {
    try {
      await this.#run.start(spec, signal);
    } catch (error) {
      if (!isAppError(error)) throw error;
      await this.#conclude({ hasEnded: false, sick: describeError(error) });
    }
  }

  /** While something runs. */
  async #tend({ hasEnded, sick, healthy, run }: AttendedRun): Promise<Wait> {
    if (hasEnded || sick !== undefined) {
      if (!hasEnded) this.#record.enter('unhealthy', { problem: sick });
      await this.#conclude({ hasEnded, sick: hasEnded ? undefined : sick });
      return 0;
    }
    const { spec, good, run: known } = this.#record.now;
    const isNews = !this.isHealthy || run.pid !== known?.pid || !isDeepStrictEqual(good, spec);
    if (healthy && isNews) await this.#becomeHealthy(run.pid);
    return Infinity;
  }

  async #becomeHealthy(pid: number | undefined): Promise<void> {
    const { spec, run } = this.#record.now;
    if (spec === undefined || run === undefined) return;
    const known = { ...run, ...(pid === undefined ? {} : { pid }) };
    this.#record.enter('running', { good: spec, failedStarts: 0, run: known });
    if (!this.#succession.isUnderWay) await removeOtherVersions(this.#folder, [spec]);
  }

  /** For a run that has ended without our asking, or must not go on because it is `sick`. */
  async #conclude({ hasEnded, sick }: { hasEnded: boolean; sick: string | undefined }): Promise<void> {
    const wasHealthy = this.#run.attended?.healthy === true;
    const failedStarts = wasHealthy ? 0 : this.#record.now.failedStarts + 1;
    await this.#run.end({ hasEnded }, (lastEnd) => {
      if (lastEnd.endedAt - lastEnd.startedAt >= this.#options.timing.soundRunMs) this.#backoff.reset();
      this.#judge({ ...this.#record.now, failedStarts }, { lastEnd, sick });
    });
  }

  #judge(record: ServiceRecord, { lastEnd, sick }: { lastEnd: ServiceEnd; sick: string | undefined }): void {
    const { spec, failedStarts } = record;
    if (spec === undefined) return;
    const verdict = afterEnd(record, spec, { end: lastEnd, sick });
    if (verdict.then === 'go-back') this.#backoff.reset();
    this.#startAt = verdict.then === 'restart' ? this.#options.clock.monotonic() + this.#backoff.next() : 0;
    const { state, ...change } = consequenceOf(verdict, { ...record, spec });
    this.#record.enter(state, { lastEnd, failedStarts, run: undefined, ...change });
  }
}
