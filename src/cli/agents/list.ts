import type { AgentView } from '../../protocol/schemas/admin/fleet.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { relativeTime } from '../format/time.ts';

export function agentsList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the agents',
    examples: ['commander agents list', 'commander agents list --json'],
  }).action(async () => {
    const agents = await context.connect().agents();
    const rows = agents.map((agent) => [
      agent.agentID,
      agent.hostname,
      agent.group,
      agent.os,
      agent.version ?? '',
      agentStatus(agent, context.clock.now()),
      String(agent.pendingJobs),
    ]);
    printTable(context.console, {
      value: { agents },
      headings: ['agent', 'hostname', 'group', 'os', 'version', 'status', 'pending'],
      rows,
      whenEmpty: 'No agent has enrolled yet; make a join token with: commander token create',
    });
  });
}

export function agentStatus({ revokedAt, connected, lastSeenAt }: AgentView, nowMs: number): string {
  if (revokedAt !== undefined) return 'revoked';
  if (connected) return 'connected';
  return lastSeenAt === undefined ? 'never seen' : `seen ${relativeTime(lastSeenAt, nowMs)}`;
}
