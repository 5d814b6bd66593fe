import type { JobEnd, JobState } from '../../protocol/schemas/admin/jobs.ts';
import type { JobAssignment, PhaseTimes } from '../../protocol/schemas/job.ts';

/** In the order that a job goes through them; after these there is only `finished`. */
export const UNFINISHED_STATES = [
  'queued',
  'accepted',
  'fetched',
  'extracted',
  'running',
  'exited',
] as const satisfies readonly JobState[];
export type UnfinishedState = (typeof UNFINISHED_STATES)[number];
/** With the agent: acknowledged, and no result yet. */
export const TAKEN_STATES = UNFINISHED_STATES.filter((state) => state !== 'queued');

/** One assigned job, from the admin's call to its one result. Times are milliseconds since the epoch. */
export interface JobRecord {
  readonly jobID: string;
  readonly agentID: string;
  /** What is pushed, without archive bytes. `archive` is always set, by content, so that a later change of the library does not change this job. */
  readonly assignment: JobAssignment;
  readonly state: JobState;
  readonly createdAt: number;
  readonly acceptedAt?: number;
  readonly finishedAt?: number;
  /** When an admin asked for its end; sent to the agent at its next check-in, whenever that is. */
  readonly cancelRequestedAt?: number;
  readonly result?: JobResultRecord;
}

export interface JobResultRecord {
  readonly outcome: JobEnd;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly reason?: string;
  /** As the agent sent them; text in the original's form or whatever a client of the original sends. */
  readonly timeStarted?: string;
  readonly timeEnded?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
  readonly phaseTimes?: PhaseTimes;
  /** The reported job object itself, for GET /admin/history of the original: only its known keys, without stdout and stderr (above). */
  readonly reported: Readonly<Record<string, unknown>>;
}

/** One that the endpoint put into its journal itself; the server hears of it when it is over. */
export type FinishedJob = JobRecord &
  Required<Pick<JobRecord, 'finishedAt' | 'result'>> & { readonly state: 'finished' };

export interface JobFilter {
  agentID?: string;
  states?: readonly JobState[];
  finishedSince?: number;
  limit?: number;
  /** Otherwise `stdout` and `stderr` stay out of the results: they can be megabytes each. */
  withOutput?: boolean;
}

export interface Acceptance {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Costs a wait for the disk. */
  readonly survivesPowerCut: boolean;
}

export interface JobStore {
  add(job: JobRecord): Promise<void>;
  /** False when there is a job of this ID already (nothing changes then). */
  addFinished(job: FinishedJob): Promise<boolean>;
  get(jobID: string): Promise<JobRecord | undefined>;
  /** Newest first. */
  list(filter: JobFilter): Promise<JobRecord[]>;
  /** Oldest first: what is pushed at check-in. */
  queued(agentID: string): Promise<JobRecord[]>;
  /** queued -> accepted for those that are queued and belong to the agent; returns the ones changed. */
  accept(agentID: string, jobIDs: readonly string[], how: Acceptance): Promise<string[]>;
  /** Moves forward only; a late or doubled announcement changes nothing. */
  advance(agentID: string, jobID: string, state: UnfinishedState): Promise<void>;
  /** Remembers that the job shall end; the first request counts, and a finished job stays as it is. */
  requestCancel(jobID: string, at: number): Promise<void>;
  /** Records the one result. False when the job had one already (nothing changes then). */
  finish(jobID: string, result: JobResultRecord, at: number): Promise<boolean>;
  /** Jobs that finished before this go, with their outputs; returns how many. */
  prune(finishedBefore: number): Promise<number>;
  /** The last change of the agent's version that has ended, however it did. */
  lastUpdate(agentID: string): Promise<JobRecord | undefined>;
  /** How many unfinished jobs each agent has; agents without any are absent. */
  countPending(): Promise<Map<string, number>>;
}
