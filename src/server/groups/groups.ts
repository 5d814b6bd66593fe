import { AppError } from '../../lib/errors.ts';
import type { GroupView } from '../../protocol/schemas/admin/fleet.ts';
import type { AgentChange, AgentRecord, AgentStore } from '../../store/server/agent-store.ts';
import type { AssignmentTarget } from '../../store/server/assignment-store.ts';
import type { GroupStore } from '../../store/server/group-store.ts';
import type { RolloutStore } from '../../store/server/rollout-store.ts';

export interface GroupsOptions {
  store: GroupStore;
  agents: Pick<AgentStore, 'change' | 'get' | 'list'>;
  rollouts: Pick<RolloutStore, 'list'>;
  /** @throws AppError RELEASE_NOT_FOUND when an agent among `agents` could not get the version */
  requirePublished: (version: string, agents: readonly AgentRecord[]) => void;
  changedFor: (target: AssignmentTarget) => Promise<void>;
}

/** Groups of agents, and which agent is in which. Errors are those of the stores. */
export class Groups {
  readonly #options: GroupsOptions;

  constructor(options: GroupsOptions) {
    this.#options = options;
  }

  async list(): Promise<GroupView[]> {
    const { store } = this.#options;
    const agents = await store.countAgents();
    return (await store.list()).map((group) => ({ ...group, agents: agents.get(group.name) ?? 0 }));
  }

  async add(name: string): Promise<void> {
    await this.#options.store.add({ name });
  }

  /** All at once; null: any version will do. @throws AppError ROLLOUT_UNDER_WAY, RELEASE_NOT_FOUND */
  async setVersion(name: string, agentVersion: string | null): Promise<void> {
    const { agents, rollouts, requirePublished } = this.#options;
    const [underWay] = await rollouts.list({ group: name, underWay: true });
    if (underWay !== undefined) {
      throw new AppError(
        'ROLLOUT_UNDER_WAY',
        `Group "${name}" is on its way to version ${underWay.version}; abort that rollout first`,
      );
    }
    if (agentVersion !== null) {
      const ofGroup = await agents.list({ group: name });
      requirePublished(agentVersion, ofGroup);
    }
    await this.#options.store.setVersion(name, agentVersion);
    await this.#options.changedFor({ group: name });
  }

  async remove(name: string): Promise<void> {
    await this.#options.store.remove(name);
  }

  async changeAgent(agentID: string, change: AgentChange): Promise<void> {
    const { agents, requirePublished } = this.#options;
    const agent = await agents.get(agentID);
    if (agent !== undefined) {
      const version = await this.#versionAfter(agent, change);
      if (version !== undefined) requirePublished(version, [agent]);
    }
    await agents.change(agentID, change);
    await this.#options.changedFor({ agentID });
  }

  /** What the agent is to run when `change` has been made. */
  async #versionAfter(agent: AgentRecord, change: AgentChange): Promise<string | undefined> {
    const { group = agent.group, pinnedVersion = agent.pinnedVersion } = change;
    if (typeof pinnedVersion === 'string') return pinnedVersion;
    return (await this.#options.store.get(group))?.agentVersion;
  }
}
