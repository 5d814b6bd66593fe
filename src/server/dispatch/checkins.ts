import type { FollowFrame } from '../../protocol/schemas/frames.ts';

/** A check-in that has said who it is. */
export interface LiveCheckin {
  /** There may be something to push. */
  wake(): void;
  cancel(jobIDs: readonly string[]): void;
  follow(request: FollowFrame): void;
  refuse(reason: string): void;
}

export const REPLACED = 'replaced by a newer connection of this agent';

/** The live check-ins, at most one of each agent. */
export class Checkins {
  readonly #live = new Map<string, LiveCheckin>();

  get count(): number {
    return this.#live.size;
  }

  /** A second connection of an agent replaces the first, which is half open or belongs to a clone: one alone gets the jobs. */
  add(agentID: string, checkin: LiveCheckin): void {
    const older = this.#live.get(agentID);
    this.#live.set(agentID, checkin);
    older?.refuse(REPLACED);
  }

  /** Does nothing when another connection has taken its place. */
  remove(agentID: string, checkin: LiveCheckin): void {
    if (this.#live.get(agentID) === checkin) this.#live.delete(agentID);
  }

  isConnected(agentID: string): boolean {
    return this.#live.has(agentID);
  }

  wake(agentID: string): void {
    this.#live.get(agentID)?.wake();
  }

  cancel(agentID: string, jobIDs: readonly string[]): void {
    this.#live.get(agentID)?.cancel(jobIDs);
  }

  /** False when the agent is not connected. */
  follow(agentID: string, request: FollowFrame): boolean {
    this.#live.get(agentID)?.follow(request);
    return this.isConnected(agentID);
  }

  refuse(agentID: string, reason: string): void {
    this.#live.get(agentID)?.refuse(reason);
  }
}
