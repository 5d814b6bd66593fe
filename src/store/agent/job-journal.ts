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

export interface JobFilter {
  readonly phases?: readonly JobPhase[];
  readonly limit?: number;
}

/**
 * The agent's memory of work: written before the server is told, and before anything is done. Every method is one
 * transaction. What others rely on survives a power cut: acceptance, `running`, `exited`, cancellation. The other phases
 * may be lost to one (never to a crash of ours), and are then gone through again.
 */
export interface JobJournal {
  /** Records what is new, in order, and returns just those; a known jobID is a no-op. */
  accept(assignments: readonly JobAssignment[]): Job[];
  get(jobID: string): Job | undefined;
  /** Jobs that are not `cleaned`, oldest first: all of them, or the first `limit` that are in one of `phases`. */
  active(filter?: JobFilter): Job[];
  /** The jobs whose result the server has not confirmed: phases before `reported`. */
  holding(): string[];
  /** Moves a job on; throws INTERNAL when the change would go back, or when `job` is not how it stands now. */
  commit(job: Job, change: JobChange): Job;
  /** Puts a job that is `fetched` or `extracted` back to `accepted`: what it left on disk is not to be relied on. */
  startOver(job: Job): Job;
  /** Marks jobs for cancellation; returns those that could still be canceled. */
  requestCancel(jobIDs: readonly string[]): string[];
  /** Newest first, for `status`. */
  recent(limit: number): Job[];
  /** Drops tombstones of jobs cleaned before `jobsMs`, and of runs of tasks, which no server repeats, before `taskRunsMs`; returns how many. */
  prune(before: { jobsMs: number; taskRunsMs: number }): number;
}
