import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';
import { formatFields } from '../format/table.ts';
import { timeWithDistance } from '../format/time.ts';
import { findAgent } from './find-agent.ts';
import { agentStatus } from './list.ts';

export function agentsShow(context: AdminContext): DocumentedCommand {
  return command('show', {
    summary: 'Show one agent',
    examples: ['commander agents show web-1', 'commander agents show 1f2e3d'],
  })
    .argument('<agent>', 'its ID or host name, or the beginning of one')
    .action(async (text: string) => {
      const agent = findAgent(await context.connect().agents(), text);
      const now = context.clock.now();
      const when = (instant: string | undefined) => instant && timeWithDistance(instant, now);
      const fields = {
        Agent: agent.agentID,
        Hostname: agent.hostname,
        System: [agent.os, agent.arch].filter(Boolean).join(' '),
        Version: agent.version,
        Protocol: agent.protocol?.toString(),
        Status: agentStatus(agent, now),
        'Pending jobs': String(agent.pendingJobs),
        Enrolled: when(agent.enrolledAt),
        'Last seen': when(agent.lastSeenAt),
        'Certificate until': when(agent.certificateExpiresAt),
        Revoked: when(agent.revokedAt),
      };
      printResult(context.console, agent, formatFields(fields));
    });
}
