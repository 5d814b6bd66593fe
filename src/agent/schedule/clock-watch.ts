import type { Clock } from '../../lib/clock.ts';

/** Less than this is what clocks do when they are kept right. */
const NOTICED_MS = 2_000;

/** Tells by how much the clock was set back between two looks at it; that it runs ahead may as well be sleep of the machine. */
export class ClockWatch {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  #aheadMs: number;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
    this.#aheadMs = this.#read();
  }

  /** Since the last call, in milliseconds; 0 when it was not. */
  setBackMs(): number {
    const aheadMs = this.#read();
    const backMs = this.#aheadMs - aheadMs;
    if (Math.abs(backMs) < NOTICED_MS) return 0;
    this.#aheadMs = aheadMs;
    return Math.max(0, backMs);
  }

  #read(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}
