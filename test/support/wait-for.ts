import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Named in the error when the deadline passes. */
  what: string;
  timeoutMs?: number;
  everyMs?: number;
}

/** Asks until `probe` answers something other than false or undefined, and gives that back; throws at the deadline. */
export async function waitFor<T>(
  probe: () => T | Promise<T>,
  { what, timeoutMs = 10_000, everyMs = 20 }: WaitOptions,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>;
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await delay(everyMs);
  }
}
