import { Backoff } from '../../lib/backoff.ts';
import { describeError, isAppError } from '../../lib/errors.ts';
import type { ServiceSpec } from '../../protocol/schemas/desired.ts';
import { prepareVersion, type ServiceFolder } from './service-folder.ts';
import type { ServiceDeps } from './service-options.ts';

export interface PreparationOptions extends ServiceDeps {
  readonly folder: ServiceFolder;
  /** Called when there is something new to see. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

/** Makes one spec ready to start while something else may be running. */
export class Preparation {
  readonly spec: ServiceSpec;
  /** What it came to; undefined while it goes on. */
  outcome: 'ready' | 'impossible' | undefined;
  /** Why it takes long, or is impossible. */
  problem: string | undefined;
  /** Resolves when it goes on no more, whatever the outcome. */
  readonly over: Promise<void>;
  readonly #abort = new AbortController();

  constructor(spec: ServiceSpec, options: PreparationOptions) {
    this.spec = spec;
    const signal = AbortSignal.any([options.signal, this.#abort.signal]);
    this.over = this.#run({ ...options, signal });
  }

  async cancel(): Promise<void> {
    this.#abort.abort();
    await this.over;
  }

  async #run(options: PreparationOptions): Promise<void> {
    const { timing, clock, random, signal, folder, onChange } = options;
    const { backoffBaseMs: baseMs, backoffCapMs: capMs } = timing;
    const backoff = new Backoff({ baseMs, capMs, clock, random });
    try {
      while (this.outcome === undefined) {
        const error = await prepareVersion(this.spec, folder, options).catch((reason: unknown) => reason);
        signal.throwIfAborted();
        this.problem = error === undefined ? undefined : describeError(error);
        if (error === undefined) this.outcome = 'ready';
        else if (!isAppError(error) || !error.retryable) this.outcome = 'impossible';
        onChange();
        if (this.outcome === undefined) await backoff.wait(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
