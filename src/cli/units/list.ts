import type { LibraryUnit, UnitKind } from '../../protocol/schemas/admin/library.ts';
import type { UnitView } from '../../protocol/schemas/admin/units.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { describeSchedule } from '../library/describe-rules.ts';
import { unitsOf } from './find-unit.ts';
import { targetOf } from './targets.ts';

export function unitsList(context: AdminContext, kind: UnitKind): DocumentedCommand {
  return command('list', {
    summary: `List the ${kind}s of the library, whom they are assigned to and how they stand there`,
    examples: [`commander ${kind}s list`, `commander ${kind}s list --json`],
  }).action(async () => {
    const client = context.connect();
    const [library, assignments, states] = await Promise.all([
      client.library(),
      client.units.assignments({ kind }),
      client.units.list({ kind }),
    ]);
    const value = unitsOf(library, kind).map(({ filename, unit }) => ({
      ...{ filename, unit },
      assignments: assignments.filter((assignment) => assignment.filename === filename),
      states: countStates(states.filter(({ name }) => name === unit.name)),
    }));
    printTable(context.console, {
      value: { [`${kind}s`]: value },
      headings: [kind, kind === 'task' ? 'due' : 'restart', 'assigned to', 'states'],
      rows: value.map(({ unit, assignments: assigned, states: counts }) => [
        unit.name,
        ruleOf(unit),
        assigned.map((assignment) => targetOf(assignment).label).join(', '),
        counts.map(({ state, agents }) => `${agents} ${state}`).join(', '),
      ]),
      whenEmpty: `There are no ${kind}s; add one with: commander library add PATH --kind ${kind}`,
    });
  });
}

function ruleOf(unit: LibraryUnit): string {
  return unit.kind === 'task' ? describeSchedule(unit.schedule) : (unit.restart ?? '');
}

interface StateCount {
  readonly state: string;
  /** How many agents last reported it so. */
  readonly agents: number;
}

/** The most frequent first. */
function countStates(states: readonly UnitView[]): StateCount[] {
  const byState = Object.groupBy(states, ({ state }) => state);
  return Object.entries(byState)
    .map(([state, units = []]) => ({ state, agents: units.length }))
    .sort((a, b) => b.agents - a.agents);
}
