import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { findUnit } from './find-unit.ts';
import { addTargetOptions, targetsOf, type TargetOptions } from './targets.ts';

const EXAMPLES = {
  task: [
    'commander tasks assign backup --group default',
    'commander tasks assign backup --agent db-1 --agent db-2',
  ],
  service: [
    'commander services assign web --group web-servers',
    'commander services assign web --agent web-1',
  ],
} as const;

export function unitsAssign(context: AdminContext, kind: UnitKind): DocumentedCommand {
  const assign = command('assign', {
    summary: `Give a ${kind} of the library to agents or groups`,
    details:
      'Connected agents begin at once, others when they connect. Assigning twice is the same as once, also by an agent and its group.',
    examples: EXAMPLES[kind],
  }).argument(`<${kind}>`, 'its name, or its file name in the library');
  return addTargetOptions(assign).action(async (text: string, options: TargetOptions) => {
    const client = context.connect();
    const targets = await targetsOf(client, options);
    const { filename, unit } = findUnit(await client.library(), kind, text);
    for (const { key, label } of targets) {
      await client.units.assign({ filename, ...key });
      printNote(context.console, `Assigned ${kind} "${unit.name}" to ${label}`);
    }
  });
}
