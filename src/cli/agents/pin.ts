import { AppError } from '../../lib/errors.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { findAgent } from './find-agent.ts';

export function agentsPin(context: AdminContext): DocumentedCommand {
  return command('pin', {
    summary: 'Pin an agent to a version, whatever its group should run',
    examples: ['commander agents pin web-1 1.2.0', 'commander agents pin web-1 --off'],
  })
    .argument('<agent>', 'its ID or host name, or the beginning of one')
    .argument('[version]', 'such as 1.2.0')
    .option('--off', 'it goes with its group again')
    .action(async (text: string, version: string | undefined, { off }: { off?: true }) => {
      if ((version === undefined) !== (off === true))
        throw new AppError('USAGE', 'Give either a version or --off');
      const client = context.connect();
      const { agentID, hostname } = await findAgent(client, text);
      await client.changeAgent(agentID, { agentVersion: version ?? null });
      const what = version === undefined ? 'goes with its group again' : `is pinned to version ${version}`;
      printNote(context.console, `Agent ${agentID} on "${hostname}" ${what}`);
    });
}
