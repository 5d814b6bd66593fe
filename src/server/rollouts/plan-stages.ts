import { createHash } from 'node:crypto';
import type { RolloutPlan } from '../../store/server/rollout-store.ts';

/**
 * The stage in which each agent's turn comes. Canaries are stage 0 of a rollout that has some; the others follow in an order that
 * is by chance and differs from rollout to rollout, so that it is not always the same who go first.
 */
export function stagesOf(
  agentIDs: readonly string[],
  { rolloutID, plan }: { rolloutID: string; plan: Pick<RolloutPlan, 'canaries' | 'stages'> },
): Map<string, number> {
  const canaries = new Set(plan.canaries);
  const order = shuffle(agentIDs, rolloutID).sort(
    (a, b) => Number(canaries.has(b)) - Number(canaries.has(a)),
  );
  const ends = plan.stages.map(({ percent }) => Math.ceil((percent * order.length) / 100));
  const first = canaries.size > 0 ? 1 : 0;
  return new Map(
    order.map((agentID, place) => [
      agentID,
      canaries.has(agentID) ? 0 : first + ends.findIndex((end) => place < end),
    ]),
  );
}

/** How many stages the rollout has, canaries included. */
export function stageCount({ canaries, stages }: Pick<RolloutPlan, 'canaries' | 'stages'>): number {
  return stages.length + (canaries.length > 0 ? 1 : 0);
}

/** Milliseconds of rest after a stage. Canaries rest as long as the first stage does. */
export function restAfter(stage: number, { canaries, stages }: RolloutPlan): number {
  const index = canaries.length > 0 ? Math.max(stage - 1, 0) : stage;
  return (stages[index]?.restSeconds ?? 0) * 1000;
}

function shuffle(agentIDs: readonly string[], seed: string): string[] {
  return agentIDs
    .map((agentID) => ({ agentID, key: createHash('sha256').update(`${seed}/${agentID}`).digest('hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ agentID }) => agentID);
}
