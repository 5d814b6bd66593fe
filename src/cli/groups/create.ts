import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

export function groupsCreate(context: AdminContext): DocumentedCommand {
  return command('create', {
    summary: 'Create a group, to which agents can be moved',
    details: 'Every agent is in exactly one group; new ones are in "default".',
    examples: ['commander groups create web-servers'],
  })
    .argument('<group>', 'its name: lower-case letters, digits, ".", "_" and "-"')
    .action(async (name: string) => {
      await context.connect().groups.add(name);
      printNote(context.console, `Created group "${name}"; move agents to it with: commander agents move`);
    });
}
