import type { Clock } from '../../lib/clock.ts';
import type { AgentDetail, AgentView } from '../../protocol/schemas/admin.ts';
import type { AgentRecord, AgentStore } from '../../store/server/agent-store.ts';
import type { CertificateStore } from '../../store/server/certificate-store.ts';
import type { DesiredStateStore } from '../../store/server/desired-state-store.ts';
import type { GroupRecord, GroupStore } from '../../store/server/group-store.ts';
import type { JobStore } from '../../store/server/job-store.ts';
import type { RolloutStore } from '../../store/server/rollout-store.ts';
import type { UnitStore } from '../../store/server/unit-store.ts';
import { viewAgent } from './agent-view.ts';
import { versionFor } from './version-for.ts';

/** What the fleet asks of dispatch. */
export interface LiveAgents {
  isConnected(agentID: string): boolean;
  /** Ends the agent's connection and all that it has not finished. */
  expel(agentID: string): Promise<void>;
}

export interface FleetOptions {
  agents: AgentStore;
  certificates: Pick<CertificateStore, 'revokeSubject'>;
  groups: Pick<GroupStore, 'get' | 'list'>;
  rollouts: Pick<RolloutStore, 'offers'>;
  jobs: Pick<JobStore, 'countPending'>;
  units: Pick<UnitStore, 'list'>;
  desiredStates: Pick<DesiredStateStore, 'get'>;
  live: LiveAgents;
  clock: Clock;
}

/** What is not in an agent's own record. */
interface FleetFacts {
  readonly group: GroupRecord | undefined;
  /** Versions that rollouts have told, by agent. */
  readonly offers: ReadonlyMap<string, string>;
  /** Jobs, by agent. */
  readonly pending: ReadonlyMap<string, number>;
}

/** The endpoints that this server knows, as admins see them. */
export class Fleet {
  readonly #options: FleetOptions;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async list(): Promise<AgentView[]> {
    const { agents, groups, rollouts, jobs } = this.#options;
    const pending = await jobs.countPending();
    const groupOf = new Map((await groups.list()).map((group) => [group.name, group]));
    const offers = await rollouts.offers({});
    return (await agents.list()).map((agent) =>
      this.#view(agent, { group: groupOf.get(agent.group), offers, pending }),
    );
  }

  async get(agentID: string): Promise<AgentDetail | undefined> {
    const { agents, groups, rollouts, jobs, units, desiredStates } = this.#options;
    const agent = await agents.get(agentID);
    if (agent === undefined) return undefined;
    const facts = {
      group: await groups.get(agent.group),
      offers: await rollouts.offers({ agentID }),
      pending: await jobs.countPending(),
    };
    return {
      ...this.#view(agent, facts),
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

  #view(agent: AgentRecord, { group, offers, pending }: FleetFacts): AgentView {
    const { agentID } = agent;
    return viewAgent(agent, {
      connected: this.#options.live.isConnected(agentID),
      pendingJobs: pending.get(agentID) ?? 0,
      agentVersion: versionFor(agent, { group, offered: offers.get(agentID) }),
    });
  }
}
