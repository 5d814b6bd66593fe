import type { Clock } from '../../lib/clock.ts';
import type { AgentView } from '../../protocol/schemas/admin.ts';
import type { AgentStore } from '../../store/server/agent-store.ts';
import type { CertificateStore } from '../../store/server/certificate-store.ts';
import type { JobStore } from '../../store/server/job-store.ts';
import { viewAgent } from './agent-view.ts';

/** What the fleet asks of dispatch. */
export interface LiveAgents {
  isConnected(agentID: string): boolean;
  /** Ends the agent's connection and all that it has not finished. */
  expel(agentID: string): Promise<void>;
}

export interface FleetOptions {
  agents: AgentStore;
  certificates: Pick<CertificateStore, 'revokeSubject'>;
  jobs: Pick<JobStore, 'countPending'>;
  live: LiveAgents;
  clock: Clock;
}

/** The endpoints that this server knows, as admins see them. */
export class Fleet {
  readonly #options: FleetOptions;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async list(): Promise<AgentView[]> {
    const { agents, jobs, live } = this.#options;
    const pending = await jobs.countPending();
    return (await agents.list()).map((agent) =>
      viewAgent(agent, {
        connected: live.isConnected(agent.agentID),
        pendingJobs: pending.get(agent.agentID) ?? 0,
      }),
    );
  }

  async get(agentID: string): Promise<AgentView | undefined> {
    const { agents, jobs, live } = this.#options;
    const agent = await agents.get(agentID);
    if (agent === undefined) return undefined;
    const pendingJobs = (await jobs.countPending()).get(agentID) ?? 0;
    return viewAgent(agent, { connected: live.isConnected(agentID), pendingJobs });
  }

  /**
   * Takes effect at once: certificate first, so that the agent cannot come back while it is being shown out.
   * @throws AppError AGENT_NOT_FOUND
   */
  async revoke(agentID: string): Promise<void> {
    const { agents, certificates, live, clock } = this.#options;
    const now = clock.now();
    await agents.revoke(agentID, now);
    await certificates.revokeSubject('agent', agentID, now);
    await live.expel(agentID);
  }
}
