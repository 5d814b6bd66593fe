/** The last thing that happened between this agent and its server, for `status`. */
export interface ConnectionRecord {
  readonly state: 'connected' | 'connecting' | 'refused';
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly protocol?: 1 | 2;
  readonly pid: number;
  readonly version: string;
  /** Why it is not connected, one sentence. */
  readonly problem?: string;
}

export interface ConnectionStore {
  save(record: ConnectionRecord): void;
  load(): ConnectionRecord | undefined;
}
