import type { ArchiveLimits } from '../../lib/archive/archive-types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Loop } from '../../lib/loops.ts';
import type { Platform } from '../../platform/platform.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { JobJournal } from '../../store/agent/job-journal.ts';
import type { JobServer } from './job-server.ts';

/** What the owner of this endpoint lets any server do. */
export interface JobPolicy {
  /** Executors that may be used at all; undefined allows every one. */
  readonly allowedExecutors?: readonly string[] | undefined;
}

export interface JobLimits {
  readonly archive: ArchiveLimits;
  /** Jobs fetched, unpacked or run at the same time. */
  readonly concurrency: number;
  /** For jobs that say nothing of it themselves. */
  readonly timeoutMs: number;
  /** How long a program may be silent; undefined for ever. */
  readonly noOutputTimeoutMs: number | undefined;
  /** How long a fetch goes on trying while the server cannot be reached. */
  readonly fetchPatienceMs: number;
  /** How often a fetch is tried when the server is there but fails. */
  readonly fetchAttempts: number;
  /** What each stream may write to disk; its beginning and its end are kept. */
  readonly outputBytes: number;
  /** How much of each stream's beginning, and of its end, is reported. */
  readonly reportedBytes: number;
  /** Between asking a program to end and forcing it. */
  readonly endGraceMs: number;
  /** How long finished jobs are remembered, to know a repeated push. */
  readonly rememberMs: number;
  /** How long finished runs of tasks are. */
  readonly rememberTaskRunsMs: number;
}

export interface JobDeps {
  readonly journal: JobJournal;
  readonly server: JobServer;
  readonly platform: Platform;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Absolute; each job gets a folder in it, named for its jobID. */
  readonly workDir: string;
  /** The agent's own environment, of which programs get the essential part. */
  readonly environment: NodeJS.ProcessEnv;
  readonly policy: JobPolicy;
  readonly limits: JobLimits;
  /** Where archives lie that need not be fetched, by their hash; not every one is there. */
  readonly keptArchive?: (sha256: string) => string;
  /** A job has ended, or somebody had it canceled: whoever waits for that looks again. */
  readonly onEnded?: () => void;
}

/** Limits have defaults, see job-pipeline.ts. */
export type JobPipelineOptions = Omit<JobDeps, 'limits'> & { readonly limits?: Partial<JobLimits> };

export interface JobPipeline {
  /** To be run side by side until the agent stops; the runner first settles what an earlier process left behind. */
  readonly loops: { readonly runner: Loop; readonly reporter: Loop };
  /**
   * Writes what is new into the journal and starts on it. On return it is durable: ack then, and ack repeats too.
   * @throws AppError STATE_UNWRITABLE; then do not ack
   */
  accept(assignments: readonly JobAssignment[]): void;
  /** Ends these jobs, whatever they are doing; unknown and finished ones are ignored. */
  cancel(jobIDs: readonly string[]): void;
  /** The server has come (back) into reach: whatever waits to try again does so now. */
  serverIsBack(): void;
  /** Starts no more jobs from now on; resolves when none is being fetched or run. Reporting goes on. */
  drain(): Promise<void>;
  /** Starts jobs again after `drain`. */
  resume(): void;
  /** Somebody else has put a result into the journal. */
  reportNews(): void;
}
