/** Every agent is in exactly one; `default` is always there. */
export interface GroupRecord {
  readonly name: string;
  /** What its agents are to run; any version will do when absent. */
  readonly agentVersion?: string;
}

export interface GroupStore {
  /** @throws AppError GROUP_EXISTS */
  add(group: GroupRecord): Promise<void>;
  get(name: string): Promise<GroupRecord | undefined>;
  list(): Promise<GroupRecord[]>;
  /** How many agents are in each that has any, without those that are revoked. */
  countAgents(): Promise<Map<string, number>>;
  /** Null: any version will do. @throws AppError GROUP_NOT_FOUND */
  setVersion(name: string, agentVersion: string | null): Promise<void>;
  /** Agents that were revoked go back to the default group. @throws AppError GROUP_NOT_FOUND, or SERVER_REFUSED while anything is in it */
  remove(name: string): Promise<void>;
}
