import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';

export function tokenCreate(context: AdminContext): DocumentedCommand {
  return command('create', {
    summary: 'Print a join token, all that an endpoint needs to enrol',
    details:
      'The token holds the address of the server, the fingerprint of its root certificate and the registration key. ' +
      'It is valid until the registration key is rotated.',
    examples: ['commander token create', 'commander token create --install-hints'],
  })
    .option('--install-hints', 'say on stderr what to run on an endpoint')
    .action(async (options: { installHints?: boolean }) => {
      const reply = await context.connect().createJoinToken();
      printResult(context.console, reply, reply.token);
      if (options.installHints !== true) return;
      printNote(context.console, '\nOn each endpoint:');
      printNote(context.console, `  commander-agent enroll --token ${reply.token}`);
      printNote(context.console, '  commander-agent run');
    });
}
