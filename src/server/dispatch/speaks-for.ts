import type { AgentRecord } from '../../store/server/agent-store.ts';
import type { IdentifiedPeer } from '../listener/peer.ts';

export const FOREIGN_AGENT = 'agent ID does not belong to this certificate';

/** Whether the certificate may speak for the agent: it names the agent, or the agent was registered with its key. */
export function speaksFor(peer: IdentifiedPeer, agent: AgentRecord): boolean {
  if (peer.kind === 'admin') return false;
  return (
    (peer.kind === 'agent' && peer.subject === agent.agentID) || peer.publicKeyHash === agent.publicKeyHash
  );
}
