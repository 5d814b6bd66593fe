import { AppError } from '../../lib/errors.ts';
import type { GroupView } from '../../protocol/schemas/admin.ts';
import type { AgentChange, AgentStore } from '../../store/server/agent-store.ts';
import type { AssignmentTarget } from '../../store/server/assignment-store.ts';
import type { GroupStore } from '../../store/server/group-store.ts';
import type { RolloutStore } from '../../store/server/rollout-store.ts';

export interface GroupsOptions {
  store: GroupStore;
  agents: Pick<AgentStore, 'change'>;
  rollouts: Pick<RolloutStore, 'list'>;
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

  /** All at once; null: any version will do. @throws AppError ROLLOUT_UNDER_WAY */
  async setVersion(name: string, agentVersion: string | null): Promise<void> {
    const { rollouts } = this.#options;
    const [underWay] = await rollouts.list({ group: name, underWay: true });
    if (underWay !== undefined) {
      throw new AppError(
        'ROLLOUT_UNDER_WAY',
        `Group "${name}" is on its way to version ${underWay.version}; abort that rollout first`,
      );
    }
    await this.#options.store.setVersion(name, agentVersion);
    await this.#options.changedFor({ group: name });
  }

  async remove(name: string): Promise<void> {
    await this.#options.store.remove(name);
  }

  async changeAgent(agentID: string, change: AgentChange): Promise<void> {
    await this.#options.agents.change(agentID, change);
    await this.#options.changedFor({ agentID });
  }
}
