export type StopReason = 'shutdown' | 'update' | 'job-canceled' | 'timeout' | 'sibling-failed';

/** The reason of every AbortSignal in this code base, so that whoever is stopped knows why. */
export class Stopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`Stopped: ${why}`);
    this.name = 'Stopped';
    this.why = why;
  }
}

/** Why `signal` was aborted; undefined while it is not. */
export function stopReasonOf(signal: AbortSignal): StopReason | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason instanceof Stopped ? signal.reason.why : 'shutdown';
}

/** Whether `error` is nothing but the echo of `signal` having been aborted, however often it was wrapped. */
export function isAbortOf(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false;
  for (let link = error, depth = 0; Error.isError(link) && depth < 10; link = link.cause, depth++) {
    if (link === signal.reason || link.name === 'AbortError') return true;
  }
  return error === signal.reason;
}
