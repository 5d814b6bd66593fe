import { AppError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/clock.ts';

export interface GuessThrottleOptions {
  clock: Clock;
  /** Wrong guesses that cost nothing: people mistype. */
  freeGuesses?: number;
  baseMs?: number;
  capMs?: number;
  /** Whoever is remembered longest is forgotten first beyond this. */
  maxKeys?: number;
}

interface Guesser {
  failures: number;
  blockedUntilMs: number;
}

/** Makes guessing a secret slow: from the n-th wrong guess on, the wait for the next doubles up to the cap. */
export class GuessThrottle {
  readonly #options: Required<GuessThrottleOptions>;
  readonly #guessers = new Map<string, Guesser>();

  constructor(options: GuessThrottleOptions) {
    this.#options = {
      freeGuesses: 5,
      baseMs: 1000,
      capMs: 15 * 60_000,
      maxKeys: 10_000,
      ...options,
    };
  }

  /**
   * To be called before the secret is compared, and counts as a wrong guess until `succeeded`: guesses made side by side
   * all count.
   * @throws AppError CREDENTIALS_REFUSED with `retryAfterMs` while `key` has to wait
   */
  begin(key: string): void {
    const { clock, freeGuesses, baseMs, capMs } = this.#options;
    const nowMs = clock.monotonic();
    const known = this.#guessers.get(key);
    if (known !== undefined && nowMs < known.blockedUntilMs) throw tooMany(known.blockedUntilMs - nowMs);
    const wasLongAgo = known !== undefined && nowMs > known.blockedUntilMs + capMs;
    const failures = (known === undefined || wasLongAgo ? 0 : known.failures) + 1;
    const waitMs = failures < freeGuesses ? 0 : Math.min(capMs, baseMs * 2 ** (failures - freeGuesses));
    this.#remember(key, { failures, blockedUntilMs: nowMs + waitMs });
  }

  succeeded(key: string): void {
    this.#guessers.delete(key);
  }

  #remember(key: string, guesser: Guesser): void {
    this.#guessers.delete(key);
    this.#guessers.set(key, guesser);
    if (this.#guessers.size <= this.#options.maxKeys) return;
    const [longestKnown] = this.#guessers.keys();
    if (longestKnown !== undefined) this.#guessers.delete(longestKnown);
  }
}

function tooMany(retryAfterMs: number): AppError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new AppError('CREDENTIALS_REFUSED', `Too many wrong guesses; try again in ${seconds} s`, {
    retryable: true,
    retryAfterMs,
  });
}
