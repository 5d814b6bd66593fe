import { AppError } from '../../lib/errors.ts';
import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import type { AdminContext } from '../admin-context.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { findUnit } from './find-unit.ts';
import { addTargetOptions, targetOf, targetsOf, type Target, type TargetOptions } from './targets.ts';

interface RemoveOptions extends TargetOptions {
  readonly all?: true;
}

const EXAMPLES = {
  task: ['commander tasks remove backup --agent db-1', 'commander tasks remove backup --all'],
  service: ['commander services remove web --group web-servers', 'commander services remove web --all'],
} as const;

export function unitsRemove(context: AdminContext, kind: UnitKind): DocumentedCommand {
  const remove = command('remove', {
    summary: `Take a ${kind} away from agents or groups; it is stopped and deleted there`,
    details: 'On connected agents within seconds, on others when they connect. The library keeps it.',
    examples: EXAMPLES[kind],
  }).argument(`<${kind}>`, 'its name, or its file name in the library');
  return addTargetOptions(remove)
    .option('--all', 'from all that it is assigned to')
    .action(async (text: string, { all, ...options }: RemoveOptions) => {
      const client = context.connect();
      const { filename, unit } = findUnit(await client.library(), kind, text);
      const targets = all === true ? await allTargets(client, filename) : await targetsOf(client, options);
      for (const { key, label } of targets) {
        await client.units.unassign({ filename, ...key });
        printNote(context.console, `Took ${kind} "${unit.name}" away from ${label}`);
      }
    });
}

async function allTargets(client: AdminClient, filename: string): Promise<Target[]> {
  const assignments = await client.units.assignments();
  const targets = assignments.filter((assignment) => assignment.filename === filename).map(targetOf);
  if (targets.length > 0) return targets;
  throw new AppError('ASSIGNMENT_NOT_FOUND', `"${filename}" is not assigned to anybody`);
}
