import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/lib/clock.ts';

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** Time that passes when a test says so. As on a real machine, the wall clock can be set, and stands for nothing else. */
export class VirtualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  readonly #sleepers = new Set<Sleeper>();
  /** How often somebody went to sleep. */
  sleeps = 0;

  constructor(now: string) {
    this.#wallMs = Date.parse(now);
  }

  now(): number {
    return this.#wallMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps += 1;
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        wakeAt: this.#monotonicMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      if (signal?.aborted === true) onAbort();
      else {
        signal?.addEventListener('abort', onAbort, { once: true });
        this.#sleepers.add(sleeper);
      }
    });
  }

  /** Lets time pass, waking each sleeper at its time and letting it go to sleep again. For one loop that always does. */
  async advance(ms: number): Promise<void> {
    const until = this.#monotonicMs + ms;
    for (;;) {
      await this.settled();
      const [first] = [...this.#sleepers].sort((a, b) => a.wakeAt - b.wakeAt);
      if (first === undefined || first.wakeAt > until) break;
      this.#pass(first.wakeAt - this.#monotonicMs);
      first.wake();
    }
    this.#pass(until - this.#monotonicMs);
  }

  /** Resolves when the loop sleeps, with nothing left to do. */
  async settled(): Promise<void> {
    for (let round = 0; round < 3 || this.#sleepers.size === 0; round++) await setImmediate();
  }

  /** The wall clock is set; or the machine was suspended for so long, which looks the same on Linux. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }

  #pass(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
}
