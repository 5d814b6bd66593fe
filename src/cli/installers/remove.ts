import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';

export function installersRemove(context: AdminContext): DocumentedCommand {
  return command('remove', {
    summary: 'Remove an installer from the server; what was installed from it stays',
    examples: ['commander installers remove commander-agent_1.0.0_amd64.deb'],
  })
    .argument('<name>', 'its file name')
    .action(async (name: string) => {
      await context.connect().removeInstaller(name);
      printNote(context.console, `Removed installer "${name}"`);
    });
}
