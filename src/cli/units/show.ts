import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import type { AssignmentView, UnitView } from '../../protocol/schemas/admin/units.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';
import { formatFields, formatTable } from '../format/table.ts';
import { relativeTime } from '../format/time.ts';
import { describeRules } from '../library/describe-rules.ts';
import { findUnit, type UnitEntry } from './find-unit.ts';
import { targetOf } from './targets.ts';

export function unitsShow(context: AdminContext, kind: UnitKind): DocumentedCommand {
  return command('show', {
    summary: `Show one ${kind}: its rules, and how it stands on each agent`,
    examples: [
      kind === 'task' ? 'commander tasks show backup' : 'commander services show web',
      `commander ${kind}s show ${kind === 'task' ? 'backup' : 'web'} --json`,
    ],
  })
    .argument(`<${kind}>`, 'its name, or its file name in the library')
    .action(async (text: string) => {
      const client = context.connect();
      const entry = findUnit(await client.library(), kind, text);
      const [assignments, units] = await Promise.all([
        client.units.assignments({ kind }),
        client.units.list({ kind, name: entry.unit.name }),
      ]);
      const assigned = assignments.filter(({ filename }) => filename === entry.filename);
      const value = { ...entry, assignments: assigned, units };
      printResult(context.console, value, describe(entry, { assigned, units, nowMs: context.clock.now() }));
    });
}

interface Whereabouts {
  readonly assigned: readonly AssignmentView[];
  readonly units: readonly UnitView[];
  readonly nowMs: number;
}

function describe(entry: UnitEntry, { assigned, units, nowMs }: Whereabouts): string {
  const fields = formatFields({
    ...describeRules(entry.unit),
    Filename: entry.filename,
    Description: entry.description === '' ? undefined : entry.description,
    'SHA-256': entry.sha256,
    'Assigned to': assigned.map((assignment) => targetOf(assignment).label).join(', ') || 'nobody',
  });
  if (units.length === 0) return fields;
  const rows = units.map((unit) => [...columnsOf(unit, nowMs), archiveOf(unit, entry), unit.problem ?? '']);
  return `${fields}\n\n${formatTable([...HEADINGS[entry.unit.kind], 'archive', 'problem'], rows)}`;
}

const HEADINGS = {
  task: ['agent', 'state', 'since', 'last run', 'last result', 'next run'],
  service: ['agent', 'state', 'since', 'process', 'restarts', 'last end'],
} as const;

function columnsOf(unit: UnitView, nowMs: number): string[] {
  const when = (instant: string | undefined) => (instant === undefined ? '' : relativeTime(instant, nowMs));
  const { hostname, state, since, lastRun, lastOutcome = '', nextRun, pid, restarts } = unit;
  const common = [hostname, state, when(since)];
  return unit.kind === 'task'
    ? [...common, when(lastRun), lastOutcome, when(nextRun)]
    : [...common, pid?.toString() ?? '', restarts?.toString() ?? '', lastOutcome];
}

/** Until an endpoint has gone over to the library's archive, it runs an older one. */
function archiveOf({ archive }: UnitView, { sha256 }: UnitEntry): string {
  return archive === sha256 ? 'current' : archive.slice(0, 12);
}
