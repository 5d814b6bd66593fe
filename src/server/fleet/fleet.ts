import type { Clock } from '../../lib/clock.ts';
import type { AgentDetail, AgentQuery, AgentView } from '../../protocol/schemas/admin/fleet.ts';
import type { AgentRecord, AgentStore } from '../../store/server/agent-store.ts';
import type { CertificateStore } from '../../store/server/certificate-store.ts';
import type { DesiredStateStore } from '../../store/server/desired-state-store.ts';
import type { JobStore } from '../../store/server/job-store.ts';
import type { UnitStore } from '../../store/server/unit-store.ts';
import { isOutdated, statusOf, viewAgent, viewUpdate } from './agent-view.ts';

/** What the fleet asks of dispatch. */
export interface LiveAgents {
  isConnected(agentID: string): boolean;
  /** Ends the agent's connection and all that it has not finished. */
  expel(agentID: string): Promise<void>;
}

export interface FleetOptions {
  agents: AgentStore;
  certificates: Pick<CertificateStore, 'revokeSubject'>;
  versions: FleetVersions;
  jobs: Pick<JobStore, 'countPending' | 'lastUpdate'>;
  units: Pick<UnitStore, 'list'>;
  desiredStates: Pick<DesiredStateStore, 'get'>;
  live: LiveAgents;
  clock: Clock;
}

/** Which version each agent is to run. */
export interface FleetVersions {
  of(agent: AgentRecord): Promise<string | undefined>;
  ofAll(): Promise<(agent: AgentRecord) => string | undefined>;
}

/** The endpoints that this server knows, as admins see them. */
export class Fleet {
  readonly #options: FleetOptions;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async list({ status, outdated, ...filter }: AgentQuery = {}): Promise<AgentView[]> {
    const { agents, versions, jobs } = this.#options;
    const pending = await jobs.countPending();
    const versionOf = await versions.ofAll();
    const views = (await agents.list(filter)).map((agent) => this.#view(agent, versionOf(agent), pending));
    return views.filter(
      (view) =>
        (status === undefined || statusOf(view) === status) &&
        (outdated === undefined || isOutdated(view) === outdated),
    );
  }

  async get(agentID: string): Promise<AgentDetail | undefined> {
    const { agents, versions, jobs, units, desiredStates } = this.#options;
    const agent = await agents.get(agentID);
    if (agent === undefined) return undefined;
    const update = await jobs.lastUpdate(agentID);
    const lastUpdate = update && viewUpdate(update);
    return {
      ...this.#view(agent, await versions.of(agent), await jobs.countPending()),
      ...(lastUpdate === undefined ? {} : { lastUpdate }),
      units: (await units.list({ agentID })).map(({ state }) => state),
      problems: [...((await desiredStates.get(agentID))?.problems ?? [])],
    };
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

  #view(
    agent: AgentRecord,
    agentVersion: string | undefined,
    pending: ReadonlyMap<string, number>,
  ): AgentView {
    return viewAgent(agent, {
      connected: this.#options.live.isConnected(agent.agentID),
      pendingJobs: pending.get(agent.agentID) ?? 0,
      agentVersion,
    });
  }
}
