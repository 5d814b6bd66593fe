import { Option } from 'commander';
import type { AgentQuery, AgentStatus, AgentView } from '../../protocol/schemas/admin/fleet.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { relativeTime } from '../format/time.ts';

const STATUSES: readonly AgentStatus[] = ['connected', 'away', 'revoked'];

export function agentsList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the agents',
    examples: [
      'commander agents list',
      'commander agents list web- --status away',
      'commander agents list --group default --outdated',
      'commander agents list --json',
    ],
  })
    .argument('[name]', 'only those whose ID or host name begins so')
    .option('--group <group>', 'only those in this group')
    .addOption(new Option('--status <status>', 'only those that are so').choices(STATUSES))
    .option('--outdated', 'only those that do not run the version that they should')
    .action(async (name: string | undefined, options: Omit<AgentQuery, 'name'>) => {
      const query = { ...(name !== undefined && { name }), ...options };
      const agents = await context.connect().agents(query);
      const rows = agents.map((agent) => [
        agent.agentID,
        agent.hostname,
        agent.group,
        agent.os,
        versionWords(agent),
        agentStatus(agent, context.clock.now()),
        String(agent.pendingJobs),
      ]);
      printTable(context.console, {
        value: { agents },
        headings: ['agent', 'hostname', 'group', 'os', 'version', 'status', 'pending'],
        rows,
        whenEmpty:
          Object.keys(query).length === 0
            ? 'No agent has enrolled yet; make a join token with: commander token create'
            : 'There are no such agents',
      });
    });
}

function versionWords({ version = '', agentVersion, revokedAt }: AgentView): string {
  const isRight = agentVersion === undefined || agentVersion === version || revokedAt !== undefined;
  return isRight ? version : `${version} -> ${agentVersion}`.trim();
}

export function agentStatus({ revokedAt, connected, lastSeenAt }: AgentView, nowMs: number): string {
  if (revokedAt !== undefined) return 'revoked';
  if (connected) return 'connected';
  return lastSeenAt === undefined ? 'never seen' : `seen ${relativeTime(lastSeenAt, nowMs)}`;
}
