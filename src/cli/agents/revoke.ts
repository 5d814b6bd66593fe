import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { findAgent } from './find-agent.ts';

export function agentsRevoke(context: AdminContext): DocumentedCommand {
  return command('revoke', {
    summary: "Revoke an agent's certificate; it is cut off at once and must enrol again to come back",
    examples: ['commander agents revoke web-1'],
  })
    .argument('<agent>', 'its ID or host name, or the beginning of one')
    .action(async (text: string) => {
      const client = context.connect();
      const { agentID, hostname } = await findAgent(client, text);
      await client.revokeAgent(agentID);
      printNote(context.console, `Revoked agent ${agentID} on "${hostname}"`);
    });
}
