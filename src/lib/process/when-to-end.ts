import type { Clock } from '../clock.ts';

/** Why we end a program that has not ended by itself. */
export type EndReason = 'timeout' | 'no-output' | 'stopped';

export interface TimeLimits {
  readonly timeoutMs: number;
  /** How long the program may be silent; undefined for ever. */
  readonly noOutputTimeoutMs?: number | undefined;
}

interface Watched {
  /** Aborted when there is nothing left to watch. */
  readonly over: AbortSignal;
  /** On the clock's monotonic scale. */
  readonly lastOutputAt: () => number;
}

/** Resolves with the first reason to end the program; rejects once it is over. */
export async function whenToEnd(
  limits: TimeLimits & { readonly clock: Clock; readonly signal: AbortSignal },
  watched: Watched,
): Promise<EndReason> {
  const { clock, signal, timeoutMs, noOutputTimeoutMs } = limits;
  const reasons: Promise<EndReason>[] = [
    clock.sleep(timeoutMs, watched.over).then(() => 'timeout'),
    aborted(signal, watched.over).then(() => 'stopped'),
  ];
  if (noOutputTimeoutMs !== undefined)
    reasons.push(silence(clock, noOutputTimeoutMs, watched).then(() => 'no-output'));
  return await Promise.race(reasons);
}

async function silence(clock: Clock, limitMs: number, { over, lastOutputAt }: Watched): Promise<void> {
  for (;;) {
    const leftMs = lastOutputAt() + limitMs - clock.monotonic();
    if (leftMs <= 0) return;
    await clock.sleep(leftMs, over);
  }
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
}
