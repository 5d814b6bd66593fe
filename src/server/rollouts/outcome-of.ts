import type { RolloutOutcome, RolloutRecord, ToldAgent } from '../../store/server/rollout-store.ts';

/** Longer than any download and probation: who has not answered by then holds up nobody. */
const LATE_MS = 30 * 60_000;
/** Who runs the version by then, and has reported nothing, got it in another way: from a package, for instance. */
const UNREPORTED_MS = 2 * LATE_MS;

export interface Sighting {
  readonly isConnected: boolean;
  readonly now: number;
  /** Nobody was watched before. */
  readonly watchedSince: number;
}

/** Told before this instant, an agent is late. */
export function lateBefore(now: number): number {
  return now - LATE_MS;
}

/**
 * What has come of an agent since it was told; undefined while that is open. Running the version is not enough: it may still crash.
 * An update that was canceled is an earlier one, whose place this one took.
 */
export function outcomeOf(
  { ending, takesPart, version, offeredAt, lastSeenAt = 0 }: ToldAgent,
  rollout: Pick<RolloutRecord, 'version' | 'plan'>,
  { isConnected, now, watchedSince }: Sighting,
): RolloutOutcome | undefined {
  if (ending?.outcome === 'succeeded') return 'updated';
  if (!takesPart) return 'gone';
  if (ending !== undefined && ending.outcome !== 'canceled') return 'failed';
  if (isConnected) {
    return version === rollout.version && now - offeredAt > UNREPORTED_MS ? 'updated' : undefined;
  }
  const quietMs = now - Math.max(offeredAt, lastSeenAt, watchedSince);
  return quietMs > rollout.plan.silentSeconds * 1000 ? 'silent' : undefined;
}
