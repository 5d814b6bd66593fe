import type { AgentRecord } from '../../store/server/agent-store.ts';
import type { GroupStore } from '../../store/server/group-store.ts';
import type { RolloutStore } from '../../store/server/rollout-store.ts';
import { versionFor } from './version-for.ts';

export type VersionOf = (agent: AgentRecord) => string | undefined;

/** Which version each agent is to run. */
export class AgentVersions {
  readonly #groups: Pick<GroupStore, 'get' | 'list'>;
  readonly #rollouts: Pick<RolloutStore, 'offers'>;

  constructor(stores: { groups: Pick<GroupStore, 'get' | 'list'>; rollouts: Pick<RolloutStore, 'offers'> }) {
    this.#groups = stores.groups;
    this.#rollouts = stores.rollouts;
  }

  async of(agent: AgentRecord): Promise<string | undefined> {
    const { agentID } = agent;
    const group = await this.#groups.get(agent.group);
    const offered = (await this.#rollouts.offers({ agentID })).get(agentID);
    return versionFor(agent, { group, offered });
  }

  /** For many at once. */
  async ofAll(): Promise<VersionOf> {
    const groupOf = new Map((await this.#groups.list()).map((group) => [group.name, group]));
    const offers = await this.#rollouts.offers({});
    return (agent) =>
      versionFor(agent, { group: groupOf.get(agent.group), offered: offers.get(agent.agentID) });
  }
}
