import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { findAgent } from './find-agent.ts';

export function agentsMove(context: AdminContext): DocumentedCommand {
  return command('move', {
    summary: 'Move an agent to another group: it gets the tasks, services and version of that one',
    details: 'What came from its old group is stopped and deleted on its endpoint.',
    examples: ['commander agents move web-1 --group web-servers'],
  })
    .argument('<agent>', 'its ID or host name, or the beginning of one')
    .requiredOption('--group <group>', 'where to')
    .action(async (text: string, { group }: { group: string }) => {
      const client = context.connect();
      const { agentID, hostname } = await findAgent(client, text);
      await client.changeAgent(agentID, { group });
      printNote(context.console, `Moved agent ${agentID} on "${hostname}" to group "${group}"`);
    });
}
