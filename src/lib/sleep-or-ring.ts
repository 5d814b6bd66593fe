import type { Clock } from './clock.ts';
import type { Wakeup } from './wakeup.ts';

export interface SleepOrRing {
  readonly clock: Clock;
  readonly bell: Wakeup;
  readonly signal: AbortSignal;
}

/** Resolves after `ms` or when the bell rings, whichever is first; rejects with `signal.reason` when aborted. */
export async function sleepOrRing(ms: number, { clock, bell, signal }: SleepOrRing): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    await Promise.race([clock.sleep(ms, either), bell.wait(either)]);
  } finally {
    over.abort();
  }
}
