import type { RolloutCounts, RolloutRecord } from '../../store/server/rollout-store.ts';
import { restAfter, stageCount } from './plan-stages.ts';

/** `agents`: nobody of the stage is connected; `reports`: some are on their way. */
export type WaitsFor = 'agents' | 'reports' | 'rest' | 'window';

/** What is to happen to a running rollout now. */
export type NextStep =
  | { readonly kind: 'wait'; readonly for: WaitsFor }
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
 * Decides on the facts alone. Agents that are away or late hold nothing up, as long as one of the stage has shown that the version
 * is good; whoever comes back later is told then, and after the end by its group's version.
 */
export function nextStep(rollout: RolloutRecord, { counts, candidates, now }: StageProgress): NextStep {
  const { plan, stage, restsUntil, acceptedStage = -1 } = rollout;
  const reason = tooManyLost(rollout, counts);
  if (reason !== undefined) return { kind: 'halt', reason };
  if (restsUntil !== undefined) {
    return now < restsUntil ? { kind: 'wait', for: 'rest' } : { kind: 'advance', stage: stage + 1 };
  }
  if (candidates > 0) return { kind: 'offer' };
  if (onTheirWay(counts) > 0) return { kind: 'wait', for: 'reports' };
  if (counts.updated === 0 && acceptedStage < stage) {
    if (counts.late > 0) return { kind: 'wait', for: 'reports' };
    if (counts.offered > 0) return { kind: 'halt', reason: nothingShown(counts) };
    if (counts.agents > 0) return { kind: 'wait', for: 'agents' };
  }
  if (stage + 1 >= stageCount(plan)) return { kind: 'complete' };
  const restMs = restAfter(stage, plan);
  return restMs === 0 ? { kind: 'advance', stage: stage + 1 } : { kind: 'rest', until: now + restMs };
}

/** Nobody of the stage has shown that the version works, nor will before long: only an admin can know whether to go on. */
export function isStuck(counts: RolloutCounts): boolean {
  return counts.offered > 0 && counts.updated === 0 && onTheirWay(counts) === 0;
}

function onTheirWay({ offered, updated, failed, silent, gone, late }: RolloutCounts): number {
  return offered - updated - failed - silent - gone - late;
}

/** What an admin has accepted counts on neither side. */
function tooManyLost(
  { plan, tolerated }: RolloutRecord,
  { offered, failed, silent }: RolloutCounts,
): string | undefined {
  const lost = failed + silent - tolerated;
  if (lost <= 0 || lost * 100 <= plan.maxFailedPercent * (offered - tolerated)) return undefined;
  return `${failed} failed and ${silent} fell silent of ${offered} agents, more than ${plan.maxFailedPercent} %`;
}

function nothingShown({ offered, failed, silent, gone }: RolloutCounts): string {
  return `None of ${offered} agents has shown that the version works: ${failed} failed, ${silent} fell silent, ${gone} were revoked, pinned or moved`;
}
