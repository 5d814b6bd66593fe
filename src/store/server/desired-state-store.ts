export interface UnitProblem {
  readonly name: string;
  readonly message: string;
}

/** What one agent was last told to keep, and what it said to that. */
export interface DesiredStateRecord {
  readonly revision: number;
  /** Of the document without its revision. */
  readonly digest: string;
  /** Of the document that is in the agent's store. */
  readonly appliedRevision?: number;
  /** What of that document it cannot keep. */
  readonly problems?: readonly UnitProblem[];
}

export interface DesiredStateStore {
  get(agentID: string): Promise<DesiredStateRecord | undefined>;
  /** Undone by a power cut, the same document gets another revision and is sent again. */
  told(agentID: string, state: Pick<DesiredStateRecord, 'revision' | 'digest'>): Promise<void>;
  /** Does nothing for an agent that was told nothing. */
  applied(
    agentID: string,
    state: Required<Pick<DesiredStateRecord, 'appliedRevision' | 'problems'>>,
  ): Promise<void>;
}
