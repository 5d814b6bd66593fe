import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Backoff } from '../../lib/backoff.ts';
import { describeError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { removeDir } from '../../lib/remove-dir.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { ServiceSpec, UnitState } from '../../protocol/schemas/desired.ts';
import type { ServiceEnd, ServiceRecord, ServiceState } from '../../store/agent/service-store.ts';
import { AttendedRun } from './attended-run.ts';
import { describeService } from './describe-service.ts';
import { KeptRecord } from './kept-record.ts';
import { Preparation } from './preparation.ts';
import { afterEnd, consequenceOf, type Ended } from './restart-policy.ts';
import {
  removeOtherVersions,
  serviceCommand,
  serviceFolder,
  versionDir,
  type ServiceFolder,
} from './service-folder.ts';
import type { ServiceDeps } from './service-options.ts';
import { ServiceRun, type RunEnd } from './service-run.ts';

const DEFAULT_LOG = { maxBytes: 10 * 1024 ** 2, files: 5 };
const DEFAULT_STOP_GRACE_SECONDS = 10;
/** After a failure of our own (a full disk), before the same is tried again. */
const RETRY_MS = 5_000;
/** Not to be started until something else is wanted. */
const AT_REST: readonly ServiceState[] = ['stopped', 'parked', 'broken'];
/** Its program was healthy when an earlier agent saw it last. */
const WAS_HEALTHY: readonly ServiceState[] = ['running', 'unhealthy', 'stopping'];

/** What is desired of one service. */
export interface Wanted {
  readonly spec: ServiceSpec;
  /** Why it cannot be started among the others, if so. */
  readonly problem?: string | undefined;
}

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
  readonly #backoff: Backoff;
  readonly #bell = new Wakeup();
  #wanted: Wanted | undefined;
  #preparation: Preparation | undefined;
  #attended: AttendedRun | undefined;
  /** Not before this, on the monotonic clock. */
  #startAt = 0;

  constructor(record: ServiceRecord, options: KeeperOptions) {
    const { clock, random, timing, servicesDir } = options;
    this.#options = options;
    this.#log = options.log.child({ service: record.name });
    this.#folder = serviceFolder(servicesDir, record.name);
    this.#record = new KeptRecord(record, { ...options, log: this.#log });
    const { backoffBaseMs: baseMs, backoffCapMs: capMs } = timing;
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

  wake(): void {
    this.#bell.ring();
  }

  state(): UnitState | undefined {
    const problem = this.#wanted?.problem ?? this.#preparation?.problem;
    return describeService(this.#record.now, { wanted: this.#wanted?.spec, problem });
  }

  /** Resolves when the service is gone; rejects with the reason of `signal`, and leaves it running. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      let wait = await this.#trying(async () => await this.#recover(signal), signal);
      while (wait !== 'gone') {
        await sleepOrRing(wait, { clock, bell: this.#bell, signal });
        wait = await this.#trying(async () => await this.#act(signal), signal);
      }
    } finally {
      await Promise.all([this.#attended?.leave(), this.#preparation?.cancel()]);
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

  /** Takes over the run that is on record, and ends whatever else is found. */
  async #recover(signal: AbortSignal): Promise<Wait> {
    const { run, state } = this.#record.now;
    const { runsDir } = this.#folder;
    const strays = existsSync(runsDir) ? readdirSync(runsDir).filter((name) => name !== run?.runID) : [];
    for (const stray of strays.map((runID) => this.#runOf(runID))) {
      await stray.stop(this.#graceMs());
      await stray.remove();
    }
    if (run === undefined) return 0;
    const adopted = this.#runOf(run.runID);
    if (adopted.adopt() === 'never-started') {
      this.#record.save({ run: undefined });
      await adopted.remove();
    } else this.#attend(adopted, { wasHealthy: WAS_HEALTHY.includes(state), signal });
    return 0;
  }

  /** Does what is to be done now. */
  async #act(signal: AbortSignal): Promise<Wait> {
    if (this.#wanted === undefined) return await this.#takeDown();
    await this.#approach(this.#wanted, signal);
    return this.#attended === undefined ? await this.#startWhenDue(signal) : await this.#tend(this.#attended);
  }

  async #takeDown(): Promise<Wait> {
    await this.#dropPreparation();
    if (this.#options.peers.isLeanedOn(this.#record.now.name)) return Infinity;
    await this.#stopRun();
    await removeDir(this.#folder.dir);
    this.#record.remove();
    this.#log.info('service.removed', 'The service was removed');
    this.#options.onChange();
    return this.#wanted === undefined ? 'gone' : 0;
  }

  /** From the spec that is kept to the one that is wanted: the old one goes on until the new one is ready to start. */
  async #approach({ spec, problem }: Wanted, signal: AbortSignal): Promise<void> {
    const { spec: kept, rejected } = this.#record.now;
    const isKept = isDeepStrictEqual(spec, kept);
    if (isKept && rejected !== undefined) this.#record.save({ rejected: undefined });
    if (isKept || problem !== undefined || isDeepStrictEqual(spec, rejected?.spec)) {
      await this.#dropPreparation();
      if (problem !== undefined && kept === undefined) this.#record.enter('broken', { problem });
    } else {
      await this.#prepare(spec, signal);
    }
  }

  async #prepare(spec: ServiceSpec, signal: AbortSignal): Promise<void> {
    if (!isDeepStrictEqual(this.#preparation?.spec, spec)) {
      await this.#dropPreparation();
      const onChange = (): void => this.wake();
      this.#preparation = new Preparation(spec, {
        ...this.#options,
        folder: this.#folder,
        onChange,
        signal,
      });
    }
    const { outcome, problem } = this.#preparation ?? {};
    const isFirst = this.#record.now.spec === undefined;
    if (outcome === undefined) {
      if (isFirst) this.#record.enter('preparing', { problem });
      return;
    }
    await this.#dropPreparation();
    if (outcome === 'ready') {
      await this.#switchTo(spec);
      return;
    }
    this.#log.warn('service.rejected', 'The service cannot be kept as it is wanted', { problem });
    this.#record.save({ rejected: { spec, problem: problem ?? '' } });
    if (isFirst) this.#record.enter('broken', { problem });
    else this.#options.onChange();
  }

  async #dropPreparation(): Promise<void> {
    await this.#preparation?.cancel();
    this.#preparation = undefined;
  }

  async #switchTo(spec: ServiceSpec): Promise<void> {
    await this.#stopRun();
    this.#backoff.reset();
    this.#startAt = 0;
    this.#record.enter('starting', { spec, rejected: undefined, restartTimes: [], failedStarts: 0 });
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
    const runID = randomUUID();
    this.#record.enter('starting', { run: { runID, startedAt: this.#options.clock.now() } });
    const run = this.#runOf(runID);
    try {
      await run.start({
        ...serviceCommand(spec, this.#folder, this.#options),
        cwd: versionDir(this.#folder, spec),
        logPath: this.#folder.logPath,
        log: spec.log ?? DEFAULT_LOG,
      });
      this.#attend(run, { wasHealthy: false, signal });
    } catch (error) {
      if (!isAppError(error)) throw error;
      await this.#conclude(run, describeError(error));
    }
  }

  #attend(run: ServiceRun, { wasHealthy, signal }: { wasHealthy: boolean; signal: AbortSignal }): void {
    const { clock, timing, environment } = this.#options;
    const { spec, run: record } = this.#record.now;
    this.#attended = new AttendedRun(run, {
      ...{ clock, wasHealthy, signal, log: this.#log },
      probe: spec?.probe,
      place: {
        cwd: spec === undefined ? this.#folder.dir : versionDir(this.#folder, spec),
        env: { ...environment, [run.mark.name]: run.mark.value },
      },
      upMs: Math.max(0, clock.now() - (record?.startedAt ?? 0)),
      startupProbeMs: timing.startupProbeMs,
      onChange: () => this.wake(),
    });
  }

  /** While something runs. */
  async #tend({ hasEnded, sick, healthy, run }: AttendedRun): Promise<Wait> {
    if (hasEnded || sick !== undefined) {
      if (!hasEnded) this.#record.enter('unhealthy', { problem: sick });
      await this.#conclude(run, hasEnded ? undefined : sick);
      return 0;
    }
    const isNews = !this.isHealthy || run.pid !== this.#record.now.run?.pid;
    if (healthy && isNews) await this.#becomeHealthy(run);
    return Infinity;
  }

  async #becomeHealthy({ pid }: ServiceRun): Promise<void> {
    const { spec, run } = this.#record.now;
    if (spec === undefined || run === undefined) return;
    const known = { ...run, ...(pid === undefined ? {} : { pid }) };
    this.#record.enter('running', { good: spec, failedStarts: 0, run: known });
    if (this.#preparation === undefined) await removeOtherVersions(this.#folder, [spec]);
  }

  /** For a run that has ended without our asking, or must not go on because it is `sick`. */
  async #conclude(run: ServiceRun, sick: string | undefined): Promise<void> {
    const wasHealthy = this.#attended?.healthy === true;
    const end = this.#endOf(sick === undefined ? await run.finish() : await run.stop(this.#graceMs()));
    if (end.endedAt - end.startedAt >= this.#options.timing.soundRunMs) this.#backoff.reset();
    const failedStarts = wasHealthy ? 0 : this.#record.now.failedStarts + 1;
    this.#judge({ ...this.#record.now, failedStarts, lastEnd: end }, { end, sick });
    await this.#forget(run);
  }

  #judge(record: ServiceRecord, ended: Ended): void {
    const { spec, lastEnd, failedStarts } = record;
    if (spec === undefined) return;
    const verdict = afterEnd(record, spec, ended);
    if (verdict.then === 'go-back') this.#backoff.reset();
    this.#startAt = verdict.then === 'restart' ? this.#options.clock.monotonic() + this.#backoff.next() : 0;
    const { state, ...change } = consequenceOf(verdict, { ...record, spec });
    this.#record.enter(state, { lastEnd, failedStarts, run: undefined, ...change });
  }

  /** Because something else is wanted. */
  async #stopRun(): Promise<void> {
    const attended = this.#attended;
    if (attended === undefined) return;
    this.#record.enter('stopping');
    const lastEnd = this.#endOf(await attended.run.stop(this.#graceMs()));
    this.#record.save({ lastEnd, run: undefined });
    await this.#forget(attended.run);
  }

  #endOf({ exitCode }: RunEnd): ServiceEnd {
    const endedAt = this.#options.clock.now();
    const { startedAt = endedAt } = this.#record.now.run ?? {};
    return { startedAt, endedAt, ...(exitCode === undefined ? {} : { exitCode }) };
  }

  /** When its end is on record. */
  async #forget(run: ServiceRun): Promise<void> {
    await this.#attended?.leave();
    this.#attended = undefined;
    await run.remove();
  }

  #runOf(runID: string): ServiceRun {
    const { platform, clock, timing } = this.#options;
    const { livenessMs } = timing;
    return new ServiceRun(join(this.#folder.runsDir, runID), { platform, clock, livenessMs, log: this.#log });
  }

  #graceMs(): number {
    return (this.#record.now.spec?.stopGraceSeconds ?? DEFAULT_STOP_GRACE_SECONDS) * 1000;
  }
}
