import type { FastifyRequest } from 'fastify';
import { REFUSED } from '../../protocol/commander/replies.ts';
import type { AgentRecord, AgentStore } from '../../store/server/agent-store.ts';
import { FOREIGN_AGENT, speaksFor } from '../dispatch/speaks-for.ts';
import type { IdentifiedPeer, PeerOf } from '../listener/peer.ts';
import { refusal } from './http-refusal.ts';

/** Lets endpoints through: nothing under /agent without a client certificate, and none speaks for another. */
export class AgentGuard {
  readonly #peerOf: PeerOf;
  readonly #agents: AgentStore;
  readonly #peers = new WeakMap<FastifyRequest, IdentifiedPeer>();

  constructor({ peerOf, agents }: { peerOf: PeerOf; agents: AgentStore }) {
    this.#peerOf = peerOf;
    this.#agents = agents;
  }

  /** For `onRequest`: before anything of the body is read. */
  readonly check = async (request: FastifyRequest): Promise<void> => {
    const peer = await this.#peerOf(request.raw);
    if (peer.kind === 'invalid') throw refusal(400, `the client certificate is not valid: ${peer.problem}`);
    if (peer.kind === 'none') throw refusal(403, 'a client certificate is required');
    if (peer.kind === 'admin') throw refusal(403, 'this certificate is not for agents');
    this.#peers.set(request, peer);
  };

  peerOf(request: FastifyRequest): IdentifiedPeer {
    const peer = this.#peers.get(request);
    if (peer === undefined) throw new Error('The route is not guarded');
    return peer;
  }

  /** The agent that the Agent-ID header names. */
  async agentOf(request: FastifyRequest): Promise<AgentRecord> {
    const agent = await this.#agents.get(String(request.headers['agent-id']));
    if (agent === undefined || agent.revokedAt !== undefined) throw refusal(400, REFUSED.unknownAgent);
    if (!speaksFor(this.peerOf(request), agent)) throw refusal(403, FOREIGN_AGENT);
    return agent;
  }
}
