import { AppError } from '../../lib/errors.ts';
import type { AssignmentRequest, AssignmentView } from '../../protocol/schemas/admin/units.ts';
import { findActiveAgents } from '../agents/find-agent.ts';
import type { AdminClient } from '../client/admin-client.ts';
import type { DocumentedCommand } from '../command.ts';
import { collect } from '../input/option-values.ts';

export interface TargetOptions {
  readonly agent?: string[];
  readonly group?: string[];
}

/** Whom a task or a service is for. */
export interface Target {
  readonly key: Pick<AssignmentRequest, 'agentID' | 'group'>;
  /** For sentences: `group "web"`. */
  readonly label: string;
}

export function addTargetOptions(command: DocumentedCommand): DocumentedCommand {
  return command
    .option('--agent <agent>', 'ID or host name, or the beginning of one; may be repeated', collect)
    .option('--group <group>', 'all agents of this group, also those to come; may be repeated', collect);
}

/** @throws AppError USAGE when none is named, AGENT_NOT_FOUND */
export async function targetsOf(client: AdminClient, options: TargetOptions): Promise<Target[]> {
  const { agent = [], group = [] } = options;
  if (agent.length + group.length === 0) throw new AppError('USAGE', 'Say for whom, with --agent or --group');
  const agents = await findActiveAgents(client, agent);
  return [
    ...agents.map(({ agentID, hostname }) => ({ key: { agentID }, label: `agent "${hostname}"` })),
    ...[...new Set(group)].map((name) => ({ key: { group: name }, label: `group "${name}"` })),
  ];
}

export function targetOf({ agentID, group, hostname = '' }: AssignmentView): Target {
  return agentID === undefined
    ? { key: { group: group ?? '' }, label: `group "${group ?? ''}"` }
    : { key: { agentID }, label: `agent "${hostname}"` };
}
