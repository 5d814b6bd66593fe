import type { AgentDetail, LastUpdate } from '../../protocol/schemas/admin/fleet.ts';
import type { AdminContext } from '../admin-context.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printResult } from '../console.ts';
import { formatFields } from '../format/table.ts';
import { relativeTime, timeWithDistance } from '../format/time.ts';
import { formatUnits } from '../format/unit-tables.ts';
import { findAgent } from './find-agent.ts';
import { agentStatus } from './list.ts';

export function agentsShow(context: AdminContext): DocumentedCommand {
  return command('show', {
    summary: 'Show one agent, with its tasks and services as it last reported them',
    examples: ['commander agents show web-1', 'commander agents show 1f2e3d'],
  })
    .argument('<agent>', 'its ID or host name, or the beginning of one')
    .action(async (text: string) => {
      const client = context.connect();
      const { agentID } = await findAgent(client, text);
      const agent = await client.agent(agentID);
      const fields = formatFields(fieldsOf(agent, context.clock.now()));
      const tables = formatUnits(agent.units, agent.problems);
      printResult(context.console, agent, [fields, ...tables].join('\n\n'));
    });
}

function fieldsOf(agent: AgentDetail, nowMs: number): Record<string, string | undefined> {
  const when = (instant: string | undefined) => instant && timeWithDistance(instant, nowMs);
  return {
    Agent: agent.agentID,
    Hostname: agent.hostname,
    Group: agent.group,
    System: [agent.os, agent.arch].filter(Boolean).join(' '),
    Version: agent.version,
    'Should run': agent.pinnedVersion === undefined ? agent.agentVersion : `${agent.pinnedVersion} (pinned)`,
    'Last update': agent.lastUpdate && describeUpdate(agent.lastUpdate, nowMs),
    Protocol: agent.protocol?.toString(),
    Status: agentStatus(agent, nowMs),
    'Pending jobs': String(agent.pendingJobs),
    Enrolled: when(agent.enrolledAt),
    'Last seen': when(agent.lastSeenAt),
    'Certificate until': when(agent.certificateExpiresAt),
    Revoked: when(agent.revokedAt),
  };
}

function describeUpdate(update: LastUpdate, nowMs: number): string {
  const { version, outcome, finishedAt, reason, jobID } = update;
  const result = `to ${version} ${outcome} ${relativeTime(finishedAt, nowMs)}`;
  return `${reason === undefined ? result : `${result}: ${reason}`}; see: commander jobs show ${jobID.slice(0, 8)}`;
}
