import { Backoff } from '../../../lib/backoff.ts';
import type { Clock } from '../../../lib/clock.ts';
import { isAppError } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';

export interface PersistOptions {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** How long nobody may answer, counted from the last progress. */
  readonly patienceMs?: number;
  /** How often the answer may be an error. */
  readonly attempts?: number;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5 * 60_000;
const PATIENCE_MS = 24 * 3_600_000;
const ATTEMPTS = 5;

/** Tries again what can succeed later: long while nobody answers, a few times when the answer is an error. */
export async function persist<T>(
  work: (progressed: () => void) => Promise<T>,
  options: PersistOptions,
): Promise<T> {
  const { clock, random, signal, log, patienceMs = PATIENCE_MS, attempts = ATTEMPTS } = options;
  const backoff = new Backoff({ baseMs: FIRST_WAIT_MS, capMs: LONGEST_WAIT_MS, clock, random });
  let lastProgress = clock.monotonic();
  let failures = 0;
  const progressed = (): void => {
    lastProgress = clock.monotonic();
    failures = 0;
    backoff.reset();
  };
  for (;;) {
    try {
      return await work(progressed);
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error) || !error.retryable) throw error;
      const isAway = error.code === 'SERVER_UNREACHABLE';
      if (isAway ? clock.monotonic() - lastProgress >= patienceMs : ++failures >= attempts) throw error;
      log.debug('update.fetch-retry', 'A new version could not be fetched and is tried again', {
        err: error,
      });
      await backoff.wait(signal, error.retryAfterMs);
    }
  }
}
