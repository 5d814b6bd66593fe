import type { JobOutcome } from '../../protocol/schemas/job.ts';

/** Where one task's schedule stands. Times are milliseconds since the epoch; due times have the splay in them. */
export interface TaskRecord {
  readonly task: string;
  /** The timing it was made for: another one begins anew. */
  readonly rule: string;
  /** When this schedule began here: intervals are counted from it, and it tells the runs of two beginnings apart. */
  readonly anchorAt: number;
  /** Undefined when there is none to come. */
  readonly nextDue?: number;
  /** When `nextDue` was worked out; in the future only when the clock has been set back since. */
  readonly plannedAt: number;
  /** To be started as soon as no run of the task is going, and not before its time. */
  readonly waiting?: WaitingRun;
  /** The latest run that went into the journal. */
  readonly run?: TaskRun;
  /** The latest due time without a run. */
  readonly skipped?: SkippedRun;
}

export interface WaitingRun {
  readonly dueAt: number;
  /** From 1. */
  readonly attempt: number;
  readonly notBefore: number;
}

export interface TaskRun {
  readonly jobID: string;
  readonly dueAt: number;
  readonly attempt: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Known when it has ended. */
  readonly outcome?: JobOutcome;
  readonly reason?: string;
}

export interface SkippedRun {
  readonly dueAt: number;
  readonly why: 'missed' | 'overlap';
}

export interface ScheduleStore {
  load(): TaskRecord[];
  /** In one transaction; survives a power cut, for a due time must not be decided on twice. */
  save(records: readonly TaskRecord[]): void;
  remove(tasks: readonly string[]): void;
}
