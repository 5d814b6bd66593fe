import type { Clock } from './clock.ts';

export interface BackoffOptions {
  baseMs: number;
  capMs: number;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
}

/**
 * Exponential back-off with full jitter: the n-th wait is uniform in [0, min(cap, base * 2^n)), so that agents that
 * lost the same server come back spread out. A server's Retry-After is a floor under the next wait.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  get failures(): number {
    return this.#failures;
  }

  /** The next wait in milliseconds; each call counts as one more failure. */
  next(retryAfterMs = 0): number {
    const { baseMs, capMs, random } = this.#options;
    const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.round(retryAfterMs + random() * ceiling);
  }

  async wait(signal: AbortSignal, retryAfterMs = 0): Promise<void> {
    await this.#options.clock.sleep(this.next(retryAfterMs), signal);
  }

  reset(): void {
    this.#failures = 0;
  }
}
