import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { readNewPassword } from '../input/password.ts';

export function accountsAdd(context: AdminContext): DocumentedCommand {
  return command('add', {
    summary: 'Add an admin account',
    details: 'The new password is asked for, or read from --password-file or $COMMANDER_NEW_PASSWORD.',
    examples: ['commander accounts add grace', 'commander accounts add grace --password-file grace.txt'],
  })
    .argument('<username>', 'name of the new account')
    .option('--password-file <file>', 'file whose first line is its password; - is stdin')
    .action(async (username: string, options: { passwordFile?: string }) => {
      const client = context.connect();
      const password = await readNewPassword(context.console, {
        file: options.passwordFile,
        flag: '--password-file',
        variable: 'COMMANDER_NEW_PASSWORD',
        question: `Password of the new account "${username}"`,
      });
      await client.addAccount({ username, password });
      printNote(context.console, `Added account "${username}"`);
    });
}
