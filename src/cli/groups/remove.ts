import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

export function groupsRemove(context: AdminContext): DocumentedCommand {
  return command('remove', {
    summary: 'Remove a group that has no agents, and that nothing is assigned to',
    examples: ['commander groups remove web-servers'],
  })
    .argument('<group>', 'its name')
    .action(async (name: string) => {
      await context.connect().groups.remove(name);
      printNote(context.console, `Removed group "${name}"`);
    });
}
