import type { Clock } from '../../../lib/clock.ts';

export interface ThrottleOptions {
  /** 0 for no limit. */
  readonly bytesPerSecond: number;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
}

/** Lets no more bytes through in a second than allowed, whoever brings them. */
export class Throttle {
  readonly #options: ThrottleOptions;
  /** When all bytes so far have had their time. */
  #freeAt = 0;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Resolves when `bytes` more may have come; rejects with the reason of `signal`. */
  async pass(bytes: number, signal: AbortSignal): Promise<void> {
    const { bytesPerSecond, clock } = this.#options;
    if (bytesPerSecond === 0) return;
    const now = clock.monotonic();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes / bytesPerSecond) * 1000;
    await clock.sleep(this.#freeAt - now, signal);
  }
}
