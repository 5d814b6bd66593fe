/** Times are milliseconds since the epoch. */
export interface AgentRecord {
  readonly agentID: string;
  readonly hostname: string;
  readonly os: string;
  readonly enrolledAt: number;
  /** SHA-256 of the public key (SPKI DER, hex) that may speak for this agent. */
  readonly publicKeyHash: string;
  readonly certificateExpiresAt?: number;
  readonly revokedAt?: number;
  readonly arch?: string;
  readonly version?: string;
  readonly protocol?: number;
  readonly lastSeenAt?: number;
  readonly group: string;
  /** It is to run this version, whatever its group runs. */
  readonly pinnedVersion?: string;
}

/** What an agent is when it enrols. */
export type NewAgentRecord = Omit<AgentRecord, 'group' | 'pinnedVersion'>;

/** Those that all of it holds for. */
export interface AgentFilter {
  /** Beginning of the ID or the host name, in either case. */
  readonly name?: string;
  readonly group?: string;
}

export interface AgentChange {
  group?: string;
  /** Null unpins. */
  pinnedVersion?: string | null;
}

export interface AgentStore {
  /** Into the group `default`. */
  add(agent: NewAgentRecord): Promise<void>;
  get(agentID: string): Promise<AgentRecord | undefined>;
  /** In the order of enrolment. */
  list(filter?: AgentFilter): Promise<AgentRecord[]>;
  /** Without those that are revoked. */
  count(): Promise<number>;
  idsOfGroup(group: string): Promise<string[]>;
  /** @throws AppError AGENT_NOT_FOUND or GROUP_NOT_FOUND; then nothing is changed */
  change(agentID: string, change: AgentChange): Promise<void>;
  /** What the last check-in said. */
  seen(
    agentID: string,
    facts: { version?: string; arch?: string; hostname?: string; protocol: number; at: number },
  ): Promise<void>;
  /** The new key may speak for the agent from now on (renewal). */
  rebind(agentID: string, publicKeyHash: string, certificateExpiresAt: number): Promise<void>;
  /** What was assigned to it, and what it reported of that, goes. @throws AppError AGENT_NOT_FOUND */
  revoke(agentID: string, at: number): Promise<void>;
}
