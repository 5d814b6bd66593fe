import type { RolloutCounts, RolloutView } from '../../protocol/schemas/admin/rollouts.ts';
import { relativeTime } from '../format/time.ts';

const WIDTH = 30;

/** How far it has come, drawn: `#` has proven the version, `!` has failed or fallen silent, `>` is on its way. */
export function progressOf({ agents, offered, updated, failed, silent }: RolloutCounts): string {
  const lost = failed + silent;
  const cells = (count: number): number => (agents === 0 ? 0 : Math.round((count / agents) * WIDTH));
  const ends = [cells(updated), cells(updated + lost), cells(Math.max(offered, updated + lost))];
  const bar = Array.from({ length: WIDTH }, (_, cell) => '#!>-'[ends.filter((end) => cell >= end).length]);
  return `[${bar.join('')}] ${updated}/${agents}`;
}

/** One sentence: what it does, or why it does not. */
export function stateOf(
  { state, reason, restsUntil, stage, stages, reached }: RolloutView,
  now: number,
): string {
  if (state === 'completed') return 'completed';
  if (state === 'aborted') return 'aborted';
  if (state === 'paused') return reason === undefined ? 'paused' : `halted: ${reason}`;
  const place = `stage ${stage} of ${stages}`;
  if (restsUntil !== undefined) return `${place}, next one ${relativeTime(restsUntil, now)}`;
  const { offered, updated, failed, silent } = reached;
  return `${place}, ${offered - updated - failed - silent} on their way`;
}

/** A row for each agent that did not get there, as far as the server names them. */
export function lostRows({ group, lost }: RolloutView, now: number): string[][] {
  return lost.map(({ agentID, hostname, outcome, toldAt, reason = '-' }) => [
    ...[agentID, hostname, group, outcome],
    relativeTime(toldAt, now),
    reason,
  ]);
}
