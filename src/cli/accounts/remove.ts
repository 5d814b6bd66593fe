import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

export function accountsRemove(context: AdminContext): DocumentedCommand {
  return command('remove', {
    summary: 'Remove an admin account; its certificates stop working at once',
    examples: ['commander accounts remove grace'],
  })
    .argument('<username>', 'name of the account')
    .action(async (username: string) => {
      await context.connect().removeAccount(username);
      printNote(context.console, `Removed account "${username}"`);
    });
}
