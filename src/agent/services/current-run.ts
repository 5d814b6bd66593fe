import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../lib/log.ts';
import type { ServiceSpec } from '../../protocol/schemas/desired.ts';
import type { ServiceEnd, ServiceState } from '../../store/agent/service-store.ts';
import { AttendedRun } from './attended-run.ts';
import type { KeptRecord } from './kept-record.ts';
import { serviceCommand, versionDir, type ServiceFolder } from './service-folder.ts';
import type { ServiceDeps } from './service-options.ts';
import { ServiceRun, type RunEnd } from './service-run.ts';

const DEFAULT_LOG = { maxBytes: 10 * 1024 ** 2, files: 5 };
const DEFAULT_STOP_GRACE_SECONDS = 10;
/** Its program was healthy when an earlier agent saw it last. */
const WAS_HEALTHY: readonly ServiceState[] = ['running', 'unhealthy', 'stopping'];

export interface CurrentRunOptions extends Pick<
  ServiceDeps,
  'platform' | 'clock' | 'timing' | 'environment'
> {
  readonly folder: ServiceFolder;
  readonly record: KeptRecord;
  readonly log: Logger;
  /** Called when there is something new to see. */
  readonly onChange: () => void;
}

interface Attention {
  readonly wasHealthy: boolean;
  readonly signal: AbortSignal;
  /** When the time began in which it may be unwell; at its start, by default. */
  readonly since?: number;
}

/** The one run that a service has, or none. It is on record before it begins, and its end is before its folder goes. */
export class CurrentRun {
  readonly #options: CurrentRunOptions;
  #run: ServiceRun | undefined;
  #attended: AttendedRun | undefined;

  constructor(options: CurrentRunOptions) {
    this.#options = options;
  }

  /** How it is; undefined when nothing runs. */
  get attended(): AttendedRun | undefined {
    return this.#attended;
  }

  /** Takes over the run that is on record, and ends whatever else is found. */
  async recover(signal: AbortSignal): Promise<void> {
    const { folder, record } = this.#options;
    const { run, state } = record.now;
    const found = existsSync(folder.runsDir) ? readdirSync(folder.runsDir) : [];
    for (const stray of found.filter((runID) => runID !== run?.runID).map((runID) => this.#runOf(runID))) {
      await stray.stop(this.#graceMs());
      await stray.remove();
    }
    if (run === undefined) return;
    const adopted = this.#runOf(run.runID);
    if (adopted.adopt() === 'never-started') {
      record.save({ run: undefined });
      await adopted.remove();
    } else this.#attend(adopted, { wasHealthy: WAS_HEALTHY.includes(state), signal });
  }

  /** @throws AppError SPAWN_FAILED and others, after which it is still to be ended */
  async start(spec: ServiceSpec, signal: AbortSignal): Promise<void> {
    const { record, folder, clock } = this.#options;
    const runID = randomUUID();
    record.enter('starting', { run: { runID, startedAt: clock.now() } });
    this.#run = this.#runOf(runID);
    await this.#run.start({
      ...serviceCommand(spec, folder, this.#options),
      cwd: versionDir(folder, spec),
      logPath: folder.logPath,
      log: spec.log ?? DEFAULT_LOG,
    });
    this.#attend(this.#run, { wasHealthy: false, signal });
  }

  /** Goes on under the spec that is on record now, to another `probe` of which it has to prove itself anew. */
  async adjust({ probe }: { readonly probe: 'same' | 'another' }, signal: AbortSignal): Promise<void> {
    if (this.#attended === undefined) return;
    const { run } = this.#attended;
    run.limitLog(this.#options.record.now.spec?.log ?? DEFAULT_LOG);
    if (probe === 'same') return;
    await this.#attended.leave();
    this.#attend(run, { since: this.#options.clock.now(), wasHealthy: false, signal });
  }

  /** Sees that nothing of it is left, asking first unless it has `ended` by itself; forgets it once `note` has put its end on record. */
  async end({ hasEnded }: { readonly hasEnded: boolean }, note: (end: ServiceEnd) => void): Promise<void> {
    if (this.#run === undefined) return;
    note(this.#endOf(hasEnded ? await this.#run.finish() : await this.#run.stop(this.#graceMs())));
    await this.leave();
    await this.#run.remove();
    this.#attended = undefined;
    this.#run = undefined;
  }

  /** Looks at it no more. */
  async leave(): Promise<void> {
    await this.#attended?.leave();
  }

  #attend(run: ServiceRun, { wasHealthy, signal, since }: Attention): void {
    const { record, folder, clock, timing, environment, log, onChange } = this.#options;
    const { spec, run: onRecord } = record.now;
    const startedAt = since ?? onRecord?.startedAt ?? 0;
    this.#run = run;
    this.#attended = new AttendedRun(run, {
      ...{ clock, wasHealthy, signal, log, onChange },
      probe: spec?.probe,
      place: {
        cwd: spec === undefined ? folder.dir : versionDir(folder, spec),
        env: { ...environment, [run.mark.name]: run.mark.value },
      },
      upMs: Math.max(0, clock.now() - startedAt),
      startupProbeMs: timing.startupProbeMs,
    });
  }

  #endOf({ exitCode }: RunEnd): ServiceEnd {
    const { record, clock } = this.#options;
    const endedAt = clock.now();
    const { startedAt = endedAt } = record.now.run ?? {};
    return { startedAt, endedAt, ...(exitCode === undefined ? {} : { exitCode }) };
  }

  #runOf(runID: string): ServiceRun {
    const { folder, platform, clock, timing, log } = this.#options;
    const { livenessMs } = timing;
    return new ServiceRun(join(folder.runsDir, runID), { platform, clock, livenessMs, log });
  }

  #graceMs(): number {
    return (this.#options.record.now.spec?.stopGraceSeconds ?? DEFAULT_STOP_GRACE_SECONDS) * 1000;
  }
}
