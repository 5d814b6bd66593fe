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
}

export interface AgentStore {
  add(agent: AgentRecord): Promise<void>;
  get(agentID: string): Promise<AgentRecord | undefined>;
  list(): Promise<AgentRecord[]>;
  /** What the last check-in said. */
  seen(
    agentID: string,
    facts: { version?: string; arch?: string; hostname?: string; protocol: number; at: number },
  ): Promise<void>;
  /** The new key may speak for the agent from now on (renewal). */
  rebind(agentID: string, publicKeyHash: string, certificateExpiresAt: number): Promise<void>;
  /** @throws AppError AGENT_NOT_FOUND */
  revoke(agentID: string, at: number): Promise<void>;
}
