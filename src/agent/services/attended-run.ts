import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { isAbortOf } from '../../lib/stopped.ts';
import type { Probe } from '../../protocol/schemas/desired.ts';
import { askProbe, type ProbePlace } from './ask-probe.ts';
import type { ServiceRun } from './service-run.ts';
import { watchHealth } from './watch-health.ts';

const RETRY_MS = 5_000;

export interface AttendOptions {
  readonly probe: Probe | undefined;
  readonly place: ProbePlace;
  /** How long it has been running. */
  readonly upMs: number;
  readonly wasHealthy: boolean;
  readonly startupProbeMs: number;
  /** Called when there is something new to see. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A run with somebody at its side who notes how it is, and acts on nothing. */
export class AttendedRun {
  readonly run: ServiceRun;
  readonly #options: AttendOptions;
  readonly #over = new AbortController();
  readonly #done: Promise<unknown>;
  #healthy: boolean;
  #hasEnded = false;
  #sick: string | undefined;

  constructor(run: ServiceRun, options: AttendOptions) {
    this.run = run;
    this.#healthy = options.wasHealthy;
    this.#options = options;
    const signal = AbortSignal.any([options.signal, this.#over.signal]);
    this.#done = Promise.all([
      this.#persist(async () => await this.#untilEnd(signal), signal),
      this.#persist(async () => await this.#untilSick(signal), signal),
    ]);
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Why it should not go on as it is. */
  get sick(): string | undefined {
    return this.#sick;
  }

  /** Leaves it as it is. */
  async leave(): Promise<void> {
    this.#over.abort();
    await this.#done;
  }

  /** A failure of our own (no room for another open file) must not end the watch. */
  async #persist(watch: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#options;
    while (!signal.aborted) {
      try {
        await watch();
        return;
      } catch (error) {
        if (isAbortOf(signal, error)) return;
        log.warn('service.watch-failed', 'The watch over a service was interrupted', { err: error });
        await clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  }

  async #untilEnd(signal: AbortSignal): Promise<void> {
    await this.run.ended(signal, this.#options.onChange);
    this.#hasEnded = true;
    this.#options.onChange();
  }

  async #untilSick(signal: AbortSignal): Promise<void> {
    const { place, onChange } = this.#options;
    this.#sick = await watchHealth({
      ...this.#options,
      wasHealthy: this.#healthy,
      ask: async (probe) => await askProbe(probe, place, signal),
      onHealthy: () => {
        this.#healthy = true;
        onChange();
      },
      signal,
    });
    onChange();
  }
}
