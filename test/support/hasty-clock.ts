import { systemClock, type Clock } from '../../src/lib/clock.ts';

/** Longer than any back-off; who sleeps so long only waits for something to happen. */
const REAL_FROM_MS = 600_000;

/** Sleeps a moment instead of so long, and is then as much later as if it had: hours of back-off in seconds. */
export class HastyClock implements Clock {
  readonly #beganAt = Date.now() - performance.now();
  #skippedMs = 0;

  now(): number {
    return this.#beganAt + this.monotonic();
  }

  monotonic(): number {
    return performance.now() + this.#skippedMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const realMs = ms < REAL_FROM_MS ? Math.min(ms, 1) : ms;
    await systemClock.sleep(realMs, signal);
    this.#skippedMs += ms - realMs;
  }
}
