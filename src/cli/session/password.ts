import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { readNewPassword, readPassword } from '../input/password.ts';

interface PasswordOptions {
  passwordFile?: string;
  newPasswordFile?: string;
}

export function password(context: AdminContext): DocumentedCommand {
  return command('password', {
    summary: 'Change your own password',
    details:
      'Both passwords are asked for, or read from the files, or from $COMMANDER_PASSWORD and $COMMANDER_NEW_PASSWORD.',
    examples: [
      'commander password',
      'commander password --password-file old.txt --new-password-file new.txt',
    ],
  })
    .option('--password-file <file>', 'file whose first line is the present password; - is stdin')
    .option('--new-password-file <file>', 'file whose first line is the new password; - is stdin')
    .action(async (options: PasswordOptions) => {
      const { console } = context;
      const { username } = context.session();
      const present = await readPassword(console, {
        file: options.passwordFile,
        flag: '--password-file',
        variable: 'COMMANDER_PASSWORD',
        question: `Present password of "${username}"`,
      });
      const newPassword = await readNewPassword(console, {
        file: options.newPasswordFile,
        flag: '--new-password-file',
        variable: 'COMMANDER_NEW_PASSWORD',
        question: `New password of "${username}"`,
      });
      await context.connect().changePassword({ username, password: present, newPassword });
      printNote(console, `Changed the password of "${username}"`);
    });
}
