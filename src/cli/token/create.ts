import type { JoinTokenReply } from '../../protocol/schemas/admin/fleet.ts';
import { PATHS } from '../../protocol/version.ts';
import type { AdminContext } from '../admin-context.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { powershellOneLiner, shellOneLiner } from '../installers/one-liners.ts';

const ONE_LINERS = [
  { path: PATHS.installSh, where: 'On Linux and macOS', make: shellOneLiner },
  { path: PATHS.installPs1, where: 'On Windows, in PowerShell as administrator', make: powershellOneLiner },
] as const;

export function tokenCreate(context: AdminContext): DocumentedCommand {
  return command('create', {
    summary: 'Print a join token, all that an endpoint needs to enrol',
    details:
      'The token holds the address of the server, the fingerprint of its root certificate and the registration key. ' +
      'It is valid until the registration key is rotated. The lines of --install-hints are valid until the installers of the ' +
      'server change: each runs exactly what is there now, and nothing else.',
    examples: ['commander token create', 'commander token create --install-hints'],
  })
    .option('--install-hints', 'say on stderr what to run on an endpoint')
    .action(async (options: { installHints?: boolean }) => {
      const client = context.connect();
      const reply = await client.createJoinToken();
      printResult(context.console, reply, reply.token);
      if (options.installHints !== true) return;
      for (const hint of await installHints(client, reply)) printNote(context.console, `\n${hint}`);
    });
}

async function installHints(client: AdminClient, { token, server }: JoinTokenReply): Promise<string[]> {
  const hints: string[] = [];
  for (const { path, where, make } of ONE_LINERS) {
    const script = await client.installScript(path);
    if (script !== undefined) hints.push(`${where}:\n\n${make({ url: `${server}${path}`, script, token })}`);
  }
  if (hints.length === 0) {
    hints.push(
      'For a line that installs the agent, give the server something to hand out: commander installers add FILE',
    );
  }
  return [
    ...hints,
    `Where the agent is already:\n  commander-agent enroll --token ${token}\n  commander-agent run`,
  ];
}
