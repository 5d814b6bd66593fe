import type { AgentView } from '../../protocol/schemas/admin/fleet.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { pickOne } from '../pick-one.ts';

type Agents = Pick<AdminClient, 'agents'>;

/** By host name or ID, whole or by its beginning. @throws AppError AGENT_NOT_FOUND, USAGE */
export async function findAgent(client: Agents, text: string): Promise<AgentView> {
  return pickAgent(await client.agents({ name: text }), text);
}

/** The same for several that can be given work, each once however often it is named. @throws AppError AGENT_NOT_FOUND, USAGE */
export async function findActiveAgents(client: Agents, texts: readonly string[]): Promise<AgentView[]> {
  const found = new Map<string, AgentView>();
  for (const text of texts) {
    const agent = pickAgent((await client.agents({ name: text })).filter(isActive), text);
    found.set(agent.agentID, agent);
  }
  return [...found.values()];
}

export function isActive({ revokedAt }: AgentView): boolean {
  return revokedAt === undefined;
}

function pickAgent(agents: readonly AgentView[], text: string): AgentView {
  return pickOne(agents, text, {
    kind: 'agent',
    notFound: 'AGENT_NOT_FOUND',
    namesOf: ({ hostname, agentID }) => [hostname, agentID],
  });
}
