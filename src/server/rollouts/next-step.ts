import type { RolloutCounts, RolloutRecord } from '../../store/server/rollout-store.ts';
import { restAfter, stageCount } from './plan-stages.ts';

/** What is to happen to a running rollout now. */
export type NextStep =
  | { readonly kind: 'wait' }
  /** Agents of its stage may be told. */
  | { readonly kind: 'offer' }
  | { readonly kind: 'halt'; readonly reason: string }
  | { readonly kind: 'rest'; readonly until: number }
  | { readonly kind: 'advance'; readonly stage: number }
  | { readonly kind: 'complete' };

export interface StageProgress {
  /** Of the stages up to the one under way. */
  readonly counts: RolloutCounts;
  /** Those of them that are connected and were not told yet. */
  readonly candidates: number;
  readonly now: number;
}

/**
 * Decides on the facts alone. Agents that are away hold nothing up, as long as one of the stage has shown that the version
 * is good; whoever comes back later is told then, and after the end by its group's version.
 */
export function nextStep(rollout: RolloutRecord, { counts, candidates, now }: StageProgress): NextStep {
  const reason = haltReason(rollout, counts);
  if (reason !== undefined) return { kind: 'halt', reason };
  const { plan, stage, restsUntil } = rollout;
  if (restsUntil !== undefined) {
    if (now < restsUntil) return { kind: 'wait' };
    return { kind: 'advance', stage: stage + 1 };
  }
  if (candidates > 0) return { kind: 'offer' };
  if (!isSettled(counts)) return { kind: 'wait' };
  if (stage + 1 >= stageCount(plan)) return { kind: 'complete' };
  const restMs = restAfter(stage, plan);
  return restMs === 0 ? { kind: 'advance', stage: stage + 1 } : { kind: 'rest', until: now + restMs };
}

function isSettled({ agents, offered, updated, failed, silent }: RolloutCounts): boolean {
  if (updated + failed + silent < offered) return false;
  return agents === 0 || updated > 0;
}

function haltReason(
  { plan, tolerated }: RolloutRecord,
  { offered, failed, silent }: RolloutCounts,
): string | undefined {
  const lost = failed + silent;
  if (lost <= tolerated || lost * 100 <= plan.maxFailedPercent * offered) return undefined;
  return `${failed} failed and ${silent} fell silent of ${offered} agents, more than ${plan.maxFailedPercent} %`;
}
