import type { RolloutCounts, RolloutView } from '../../protocol/schemas/admin/rollouts.ts';
import { relativeTime } from '../format/time.ts';

const WIDTH = 30;

/** How far it has come, drawn: `#` has proven the version, `!` did not get there, `>` is on its way. */
export function progressOf(counts: RolloutCounts): string {
  const { agents, offered, updated } = counts;
  const cells = (count: number): number => (agents === 0 ? 0 : Math.round((count / agents) * WIDTH));
  const ends = [cells(updated), cells(updated + lostOf(counts)), cells(offered)];
  const bar = Array.from({ length: WIDTH }, (_, cell) => '#!>-'[ends.filter((end) => cell >= end).length]);
  return `[${bar.join('')}] ${updated}/${agents}`;
}

/** Those that were told and have not got there, nor are on their way. */
export function lostOf({ failed, silent, gone, late }: RolloutCounts): number {
  return failed + silent + gone + late;
}

/** One sentence: what it does, or why it does not. */
export function stateOf(rollout: RolloutView, now: number): string {
  const { state, reason, restsUntil, stage, stages, reached, waitsFor } = rollout;
  if (state === 'completed') return 'completed';
  if (state === 'aborted') return 'aborted';
  if (state === 'paused') return reason === undefined ? 'paused' : `halted: ${reason}`;
  const place = `stage ${stage} of ${stages}`;
  if (restsUntil !== undefined) return `${place}, next one ${relativeTime(restsUntil, now)}`;
  const underWay = reached.offered - reached.updated - lostOf(reached);
  if (waitsFor === 'window') return `${place}, ${underWay} on their way, waits for its window`;
  if (waitsFor === 'agents') return `${place}, waits for agents to connect`;
  return `${place}, ${underWay} on their way`;
}

/** A row for each agent that did not get there, as far as the server names them. */
export function lostRows({ group, lost }: RolloutView, now: number): string[][] {
  return lost.map(({ agentID, hostname, outcome, toldAt, reason = '-' }) => [
    ...[agentID, hostname, group, outcome],
    relativeTime(toldAt, now),
    reason,
  ]);
}
