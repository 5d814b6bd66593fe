import type { Clock } from '../../lib/clock.ts';
import type { AppliedFrame, UnitsFrame } from '../../protocol/schemas/frames.ts';
import type { AgentRecord, AgentStore } from '../../store/server/agent-store.ts';
import type { DesiredStateStore } from '../../store/server/desired-state-store.ts';
import type { UnitStore } from '../../store/server/unit-store.ts';
import type { DesiredNews, DesiredSource } from '../dispatch/desired-source.ts';
import type { DesiredContent } from './desired-content.ts';
import type { DesiredContents } from './desired-contents.ts';

export interface DesiredStatesOptions {
  agents: Pick<AgentStore, 'get'>;
  versions: { of(agent: AgentRecord): Promise<string | undefined> };
  contents: Pick<DesiredContents, 'contentFor'>;
  states: DesiredStateStore;
  units: Pick<UnitStore, 'report'>;
  clock: Clock;
}

/** What each endpoint is to keep, worked out when it is asked for, and what endpoints say to that. */
export class DesiredStates implements DesiredSource {
  readonly #options: DesiredStatesOptions;

  constructor(options: DesiredStatesOptions) {
    this.#options = options;
  }

  async newsFor(agentID: string, revision: number): Promise<DesiredNews | undefined> {
    const content = await this.#contentFor(agentID);
    // Without a document an agent keeps nothing: it need not be told so.
    if (content === undefined || (content.isEmpty && revision === 0)) return undefined;
    const current = await this.#revise(agentID, content, revision);
    return current === revision ? undefined : { revision: current, frame: content.frame(current) };
  }

  /** Whether the agent may fetch this archive. */
  async isArchiveFor(agentID: string, sha256: string): Promise<boolean> {
    return (await this.#contentFor(agentID))?.archives.has(sha256) ?? false;
  }

  async applied(agentID: string, { revision, problems }: AppliedFrame): Promise<void> {
    await this.#options.states.applied(agentID, { appliedRevision: revision, problems });
  }

  async reported(agentID: string, { all, units }: UnitsFrame): Promise<void> {
    const at = this.#options.clock.now();
    await this.#options.units.report(agentID, { all, units, at });
  }

  async #contentFor(agentID: string): Promise<DesiredContent | undefined> {
    const { agents, versions, contents } = this.#options;
    const agent = await agents.get(agentID);
    return agent && (await contents.contentFor(agent, await versions.of(agent)));
  }

  /**
   * The revision of the content, a new one when it is not what the agent was last told. It grows also when we were set back
   * to a backup, or had our note of the last one undone by a power cut: then the agent knows a later one.
   */
  async #revise(agentID: string, { digest }: DesiredContent, known: number): Promise<number> {
    const { states, clock } = this.#options;
    const told = await states.get(agentID);
    if (told !== undefined && told.digest === digest && told.revision >= known) return told.revision;
    const revision = Math.max((told?.revision ?? 0) + 1, known + 1, Math.floor(clock.now() / 1000));
    await states.told(agentID, { revision, digest });
    return revision;
  }
}
