import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

export function logout(context: AdminContext): DocumentedCommand {
  return command('logout', {
    summary: "Forget the session: this machine's certificate and key for the server",
    examples: ['commander logout'],
  }).action(() => {
    context.sessionFile.remove();
    printNote(context.console, 'Logged out');
  });
}
