import type { AgentView } from '../../protocol/schemas/admin/fleet.ts';
import { pickOne } from '../pick-one.ts';

/** By host name or ID, whole or by its beginning. @throws AppError AGENT_NOT_FOUND, USAGE */
export function findAgent(agents: readonly AgentView[], text: string): AgentView {
  return pickOne(agents, text, {
    kind: 'agent',
    notFound: 'AGENT_NOT_FOUND',
    namesOf: ({ hostname, agentID }) => [hostname, agentID],
  });
}
