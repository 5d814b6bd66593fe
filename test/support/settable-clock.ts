import { systemClock, type Clock } from '../../src/lib/clock.ts';

/** A clock that stands still until a test moves it; both of its times move together. Sleeping takes real time. */
export class SettableClock implements Clock {
  #nowMs: number;

  constructor(nowMs = Date.parse('2026-11-23T08:00:00.000Z')) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(ms, signal);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
