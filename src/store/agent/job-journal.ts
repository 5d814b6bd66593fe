import type { JobAssignment, JobOutcome } from '../../protocol/schemas/job.ts';

/** Each phase names what is already done. `running` alone names what has begun: it is committed before the spawn. */
export const JOB_PHASES = [
  'accepted',
  'fetched',
  'extracted',
  'running',
  'exited',
  'reported',
  'cleaned',
] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** One job as the endpoint knows it, from the moment before the ack until its tombstone is pruned. */
export interface Job {
  readonly jobID: string;
  readonly assignment: JobAssignment;
  readonly phase: JobPhase;
  /** Milliseconds since the epoch at which each phase was committed. */
  readonly phaseTimes: Readonly<Partial<Record<JobPhase, number>>>;
  /** Set when somebody asked to end it; whoever advances it looks here. */
  readonly cancelRequested: boolean;
  /** Known from `exited` on. */
  readonly result?: JobResult;
}

/** How it ended. Program output stays in the workspace until the report has been confirmed. */
export interface JobResult {
  readonly outcome: JobOutcome;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly errorCode?: string;
  /** One sentence for people. */
  readonly reason?: string;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

export interface JobChange {
  readonly phase: JobPhase;
  readonly result?: JobResult;
}

/** The agent's memory of work: written before the server is told, and before anything is done. Every method is one durable transaction. */
export interface JobJournal {
  /** Records what is new, in order, and returns just those; a known jobID is a no-op. */
  accept(assignments: readonly JobAssignment[]): Job[];
  get(jobID: string): Job | undefined;
  /** Jobs that are not `cleaned`, oldest first. */
  active(): Job[];
  /** The jobs whose result the server has not confirmed: phases before `reported`. */
  holding(): string[];
  /** Moves a job on; throws INTERNAL when the change would go back. */
  commit(job: Job, change: JobChange): Job;
  /** Marks jobs for cancellation; returns those that could still be canceled. */
  requestCancel(jobIDs: readonly string[]): string[];
  /** Newest first, for `status`. */
  recent(limit: number): Job[];
  /** Drops tombstones of jobs cleaned before `epochMs`; returns how many. */
  prune(epochMs: number): number;
}
