import type { UnitState } from '../../protocol/schemas/desired.ts';
import type { UnitProblem } from '../../protocol/unit-problems.ts';
import { formatTable } from './table.ts';
import { localTime } from './time.ts';

/** What one endpoint keeps and what it cannot keep, as tables; none for nothing. */
export function formatUnits(units: readonly UnitState[], problems: readonly UnitProblem[]): string[] {
  return [
    ...(units.length === 0 ? [] : [formatTable(HEADINGS, units.map(toRow))]),
    ...(problems.length === 0
      ? []
      : [
          formatTable(
            PROBLEM_HEADINGS,
            problems.map(({ name, message }) => [name, message]),
          ),
        ]),
  ];
}

const PROBLEM_HEADINGS = ['cannot be kept as wanted', 'problem'];
const HEADINGS = ['name', 'kind', 'state', 'since', 'last result', 'next run', 'problem'];

function toRow({ name, kind, state, since, lastOutcome, nextRun, problem }: UnitState): string[] {
  const next = nextRun === undefined ? '' : localTime(nextRun);
  return [name, kind, state, localTime(since), lastOutcome ?? '', next, problem ?? ''];
}
