import type { RolloutOutcome, RolloutRecord, ToldAgent } from '../../store/server/rollout-store.ts';

/** Long after any probation: who runs the version by then and has reported nothing got it in another way, from a package for instance. */
const UNREPORTED_MS = 60 * 60_000;

export interface Sighting {
  readonly isConnected: boolean;
  readonly now: number;
}

/** What has come of an agent since it was told; undefined while that is open. Running the version is not enough: it may still crash. */
export function outcomeOf(
  { ending, version, offeredAt, lastSeenAt = 0 }: ToldAgent,
  rollout: Pick<RolloutRecord, 'version' | 'plan'>,
  { isConnected, now }: Sighting,
): RolloutOutcome | undefined {
  if (ending !== undefined) return ending.outcome === 'succeeded' ? 'updated' : 'failed';
  if (isConnected) {
    return version === rollout.version && now - offeredAt > UNREPORTED_MS ? 'updated' : undefined;
  }
  const quietMs = now - Math.max(offeredAt, lastSeenAt);
  return quietMs > rollout.plan.silentSeconds * 1000 ? 'silent' : undefined;
}
