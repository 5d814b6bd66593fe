import type { Schedule } from '../../protocol/schemas/desired.ts';
import type { JobOutcome } from '../../protocol/schemas/job.ts';
import type { Job } from '../../store/agent/job-journal.ts';
import type { TaskRecord, WaitingRun } from '../../store/agent/schedule-store.ts';
import type { TaskPlan } from './task-plan.ts';

/**
 * The rules of a schedule, without a clock or a disk: each function takes a record and what is known now, and gives back the
 * record as it is to be.
 */

/** A due time this late or less is on time: timers are late, and agents restart. */
export const ON_TIME_MS = 60_000;
/** A clock set back by no more than this does not repeat the times of day that have passed. */
const SHORT_SET_BACK_MS = 3 * 3_600_000;
const LONGEST_RETRY_WAIT_MS = 24 * 3_600_000;
/** What may go better another time. */
const RETRIED: readonly JobOutcome[] = ['failed', 'timed-out', 'interrupted', 'fetch-failed', 'start-failed'];

/** Whether its latest run is still going, as far as the record knows. */
export function isRunning({ run }: TaskRecord): boolean {
  return run !== undefined && run.outcome === undefined;
}

/** When there is something to do for it, if nothing happens before. */
export function wakeTimeOf(record: TaskRecord): number {
  const waitingMs = isRunning(record) ? Infinity : (record.waiting?.notBefore ?? Infinity);
  return Math.min(record.nextDue ?? Infinity, waitingMs);
}

/** The clock was set back by `byMs` while we looked: intervals and waits go on as if nothing had been. */
export function withClockSetBack(record: TaskRecord, schedule: Schedule, byMs: number): TaskRecord {
  const { waiting, nextDue, anchorAt, plannedAt } = record;
  const waits = waiting === undefined ? {} : { waiting: { ...waiting, notBefore: waiting.notBefore - byMs } };
  if (schedule.everySeconds === undefined || nextDue === undefined) return { ...record, ...waits };
  const moved = { anchorAt: anchorAt - byMs, plannedAt: plannedAt - byMs, nextDue: nextDue - byMs };
  return { ...record, ...waits, ...moved };
}

/** Planned in what is the future now, a due time may be a year away: all but times of day that have just passed begin anew. */
export function mustBeginAnew({ plannedAt }: TaskRecord, kind: TaskPlan['kind'], now: number): boolean {
  const aheadMs = plannedAt - now;
  if (kind === 'once') return false;
  return aheadMs > (kind === 'time-of-day' ? SHORT_SET_BACK_MS : ON_TIME_MS);
}

/** `job` is what the journal has of the run; nothing when it was lost. */
export function noteEnd(
  record: TaskRecord,
  { retries }: Schedule,
  { job, now }: { job: Job | undefined; now: number },
): TaskRecord {
  const { run } = record;
  if (run === undefined || !isRunning(record)) return record;
  if (job !== undefined && job.result === undefined) return record;
  const { outcome = 'interrupted', reason } = job?.result ?? {};
  const endedAt = job?.phaseTimes.exited ?? now;
  const ended = { ...record, run: { ...run, endedAt, outcome, ...(reason === undefined ? {} : { reason }) } };
  // A due time that has come meanwhile is as good as a retry.
  if (record.waiting !== undefined || retries === undefined) return ended;
  if (run.attempt > retries.limit || !RETRIED.includes(outcome)) return ended;
  const waitMs = Math.min(retries.backoffSeconds * 1000 * 2 ** (run.attempt - 1), LONGEST_RETRY_WAIT_MS);
  return {
    ...ended,
    waiting: { dueAt: run.dueAt, attempt: run.attempt + 1, notBefore: now + waitMs },
  };
}

/** The due time has come, perhaps long ago, and others after it: all of them together are one run, or none. */
export function passDue(
  record: TaskRecord,
  schedule: Schedule,
  { plan, now, isInJournal }: DueContext,
): TaskRecord {
  const { nextDue: dueAt, ...rest } = record;
  if (dueAt === undefined || dueAt > now) return record;
  const nextDue = plan.next(now);
  const passed = { ...rest, plannedAt: now, ...(nextDue === undefined ? {} : { nextDue }) };
  const isMissed = now - dueAt > ON_TIME_MS && !isInJournal;
  if (isMissed && schedule.missed !== 'run-once') return { ...passed, skipped: { dueAt, why: 'missed' } };
  if (isRunning(record) && (schedule.overlap ?? 'skip') === 'skip')
    return { ...passed, skipped: { dueAt, why: 'overlap' } };
  return { ...passed, waiting: { dueAt, attempt: 1, notBefore: dueAt } };
}

interface DueContext {
  readonly plan: TaskPlan;
  readonly now: number;
  /** The agent ended after the run was accepted and before that was recorded here. */
  readonly isInJournal: boolean;
}

/** What is to go into the journal now. */
export function startableRun(record: TaskRecord, now: number): WaitingRun | undefined {
  const { waiting } = record;
  if (waiting === undefined || isRunning(record) || waiting.notBefore > now) return undefined;
  return waiting;
}

/** `startableRun` is in the journal as `jobID`. */
export function withRun({ waiting, ...rest }: TaskRecord, jobID: string, now: number): TaskRecord {
  if (waiting === undefined) return rest;
  const { dueAt, attempt } = waiting;
  return { ...rest, run: { jobID, dueAt, attempt, startedAt: now } };
}

/** Whether the run that is going has to make room for the one that waits. */
export function mustReplace(record: TaskRecord, { overlap }: Schedule): boolean {
  return overlap === 'replace' && record.waiting !== undefined && isRunning(record);
}
