import type { Supervisor } from './service/supervisor.ts';

/** What an agent has of whoever runs it. */
export interface AgentLink {
  /** Asks it to stop, when what runs has had its grace. */
  readonly stop: AbortSignal;
  /** Asks it not to wait for anything. */
  readonly stopNow: AbortSignal;
  /** Who wants to know how it goes, if somebody does. */
  readonly supervisor?: Supervisor | undefined;
  /** Has somebody watch over this process, the version on probation. */
  readonly beGuarded?: () => Promise<void>;
}
