import type { ServiceSpec } from '../../protocol/schemas/desired.ts';

export type ServiceState =
  | 'preparing'
  | 'waiting'
  | 'starting'
  | 'running'
  | 'unhealthy'
  | 'backing-off'
  | 'stopping'
  | 'stopped'
  | 'parked'
  | 'broken';

/** What the supervisor must know of a service when it comes back. Times are milliseconds since the epoch. */
export interface ServiceRecord {
  readonly name: string;
  readonly state: ServiceState;
  readonly since: number;
  /** One sentence for people. */
  readonly problem?: string;
  /** What is kept up, its files unpacked; undefined while the first archive is being prepared. */
  readonly spec?: ServiceSpec;
  /** The last spec that was healthy, to go back to. */
  readonly good?: ServiceSpec;
  /** What was to replace `spec` and cannot, or was healthy at no time: not tried again until something else is desired. */
  readonly rejected?: RejectedSpec;
  /** Committed before the spawn. There is at most one run. */
  readonly run?: ServiceRunRecord;
  /** When it was started again after a failure, as far back as the budget's window goes. */
  readonly restartTimes: readonly number[];
  /** All of them, for people. */
  readonly restarts: number;
  /** How often in a row `spec` ended, or fell ill, before it was healthy. */
  readonly failedStarts: number;
  readonly lastEnd?: ServiceEnd;
}

export interface RejectedSpec {
  readonly spec: ServiceSpec;
  readonly problem: string;
}

export interface ServiceRunRecord {
  /** Names a folder. */
  readonly runID: string;
  readonly startedAt: number;
  /** Undefined until its program is known. */
  readonly pid?: number;
}

export interface ServiceEnd {
  readonly startedAt: number;
  readonly endedAt: number;
  /** 128 and the number of a signal; undefined when nobody knows. */
  readonly exitCode?: number;
}

/**
 * A power cut may undo the latest writes, since it also ends what they are about; a crash of ours undoes none.
 * Every method @throws AppError STATE_UNWRITABLE (retryable) or STATE_CORRUPT
 */
export interface ServiceStore {
  /** Those that can be read. */
  load(): ServiceRecord[];
  save(record: ServiceRecord): void;
  remove(name: string): void;
}
