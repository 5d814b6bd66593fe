import type { Logger } from '../../lib/log.ts';
import type { TaskSpec } from '../../protocol/schemas/desired.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { JobJournal } from '../../store/agent/job-journal.ts';
import type { TaskRecord } from '../../store/agent/schedule-store.ts';
import {
  isRunning,
  mustBeginAnew,
  mustReplace,
  noteEnd,
  ON_TIME_MS,
  passDue,
  startableRun,
  withClockSetBack,
  withRun,
} from './schedule-rules.ts';
import { beginRecord, planOf } from './task-plan.ts';
import { assignmentOf, jobIDOf } from './task-run.ts';

export interface SettleContext {
  readonly agentID: string;
  readonly journal: Pick<JobJournal, 'get'>;
  readonly log: Logger;
  readonly now: number;
  /** By how much the clock was set back since the last look; 0 when it was not. */
  readonly setBackMs: number;
}

export interface Settled {
  /** The very one that was given, when nothing has changed. */
  readonly record: TaskRecord;
  /** To be put into the journal before the record is saved. */
  readonly assignment?: JobAssignment;
  /** The run that has to make room, once the record is saved. */
  readonly canceled?: string;
}

/** Brings one task up to now. @throws AppError SCHEDULE_INVALID */
export async function settleTask(
  before: TaskRecord,
  spec: TaskSpec,
  context: SettleContext,
): Promise<Settled> {
  const { schedule } = spec;
  const { agentID, journal, now, setBackMs } = context;
  let record = setBackMs === 0 ? before : withClockSetBack(before, schedule, setBackMs);
  record = await beginAnewIfNeeded(record, spec, context);
  if (record.run !== undefined && isRunning(record))
    record = noteEnd(record, schedule, { job: journal.get(record.run.jobID), now });
  record = await passDueIfCome(record, spec, context);
  const due = startableRun(record, now);
  if (due !== undefined) {
    const jobID = jobIDOf(agentID, record, due);
    return { record: withRun(record, jobID, now), assignment: assignmentOf(spec, jobID, due) };
  }
  const hasComeNow = record.waiting !== before.waiting;
  const canceled = hasComeNow && mustReplace(record, schedule) ? record.run?.jobID : undefined;
  return { record, ...(canceled === undefined ? {} : { canceled }) };
}

async function beginAnewIfNeeded(
  record: TaskRecord,
  spec: TaskSpec,
  { agentID, now, log }: SettleContext,
): Promise<TaskRecord> {
  if (record.plannedAt - now <= ON_TIME_MS) return record;
  const { kind } = await planOf(spec, agentID, record.anchorAt);
  if (!mustBeginAnew(record, kind, now)) return record;
  log.info('schedule.began-anew', 'The clock was set back, and a schedule begins anew', { task: spec.name });
  return await beginRecord(spec, { agentID, now, before: record });
}

async function passDueIfCome(
  record: TaskRecord,
  spec: TaskSpec,
  { agentID, journal, now, log }: SettleContext,
): Promise<TaskRecord> {
  const { nextDue: dueAt, anchorAt } = record;
  if (dueAt === undefined || dueAt > now) return record;
  const plan = await planOf(spec, agentID, anchorAt);
  const isInJournal = journal.get(jobIDOf(agentID, record, { dueAt, attempt: 1 })) !== undefined;
  const passed = passDue(record, spec.schedule, { plan, now, isInJournal });
  if (passed.skipped !== record.skipped)
    log.info('schedule.skipped', 'A task did not run though it was due', {
      task: spec.name,
      ...passed.skipped,
    });
  return passed;
}
