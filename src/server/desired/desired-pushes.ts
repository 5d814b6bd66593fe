import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgentStore } from '../../store/server/agent-store.ts';
import type { AssignmentStore, AssignmentTarget } from '../../store/server/assignment-store.ts';
import type { DesiredContents } from './desired-contents.ts';

export interface DesiredPushesOptions {
  agents: Pick<AgentStore, 'idsOfGroup'>;
  assignments: Pick<AssignmentStore, 'list'>;
  contents: Pick<DesiredContents, 'forget'>;
  /** The connected ones look whether there is something for them. */
  checkins: { isConnected(agentID: string): boolean; wake(agentID: string): void };
}

/** Agents woken in one go: a change for all of a large fleet must not hold up everything else. */
const BATCH = 25;

/** Wakes the agents that a change concerns, each once however many changes come together. */
export class DesiredPushes {
  readonly #options: DesiredPushesOptions;
  readonly #waiting = new Set<string>();
  #isWaking = false;

  constructor(options: DesiredPushesOptions) {
    this.#options = options;
  }

  async changedFor({ agentID, group }: AssignmentTarget): Promise<void> {
    this.#enqueue(agentID === undefined ? await this.#options.agents.idsOfGroup(group) : [agentID]);
  }

  async entryChanged(filename: string): Promise<void> {
    this.#options.contents.forget();
    for (const assignment of await this.#options.assignments.list({ filename })) {
      await this.changedFor(assignment);
    }
  }

  #enqueue(agentIDs: readonly string[]): void {
    const { checkins } = this.#options;
    for (const agentID of agentIDs) if (checkins.isConnected(agentID)) this.#waiting.add(agentID);
    if (!this.#isWaking) void this.#wakeAll();
  }

  async #wakeAll(): Promise<void> {
    this.#isWaking = true;
    while (this.#waiting.size > 0) {
      await nextTurn(); // also before the first: changes come together
      this.#wakeSome();
    }
    this.#isWaking = false;
  }

  #wakeSome(): void {
    let room = BATCH;
    for (const agentID of this.#waiting) {
      if (room-- === 0) return;
      this.#waiting.delete(agentID);
      this.#options.checkins.wake(agentID);
    }
  }
}
