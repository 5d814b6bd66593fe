import { dueTimesOf, type DueTimes } from '../../protocol/due-times.ts';
import type { TaskSpec } from '../../protocol/schemas/desired.ts';
import type { TaskRecord } from '../../store/agent/schedule-store.ts';
import { splayOf } from './splay.ts';

/** The due times of a task on one agent, its splay in them. */
export interface TaskPlan {
  readonly kind: DueTimes['kind'];
  /** The first one after `afterMs`. */
  next(afterMs: number): number | undefined;
}

/** What a record was made for: when it changes, the schedule begins anew; a new archive changes nothing. */
export function ruleOf({ schedule }: TaskSpec): string {
  const { cron, everySeconds, at, timeZone, splaySeconds } = schedule;
  return JSON.stringify({ cron, everySeconds, at, timeZone, splaySeconds });
}

/** @throws AppError SCHEDULE_INVALID */
export async function planOf(spec: TaskSpec, agentID: string, anchorAt: number): Promise<TaskPlan> {
  const times = await dueTimesOf(spec.schedule, { anchorMs: anchorAt });
  const splayMs = splayOf(agentID, spec.name, spec.schedule.splaySeconds);
  return {
    kind: times.kind,
    next: (afterMs) => {
      const dueMs = times.next(afterMs - splayMs);
      return dueMs === undefined ? undefined : dueMs + splayMs;
    },
  };
}

/** The record of a task whose schedule begins now, after what was before. @throws AppError SCHEDULE_INVALID */
export async function beginRecord(
  spec: TaskSpec,
  { agentID, now, before }: { agentID: string; now: number; before?: TaskRecord | undefined },
): Promise<TaskRecord> {
  const plan = await planOf(spec, agentID, now);
  // A single time may be past when this endpoint learns of it: then it has been missed.
  const nextDue = plan.next(plan.kind === 'once' ? -Infinity : now);
  return {
    task: spec.name,
    rule: ruleOf(spec),
    anchorAt: now,
    plannedAt: now,
    ...(before?.run === undefined ? {} : { run: before.run }),
    ...(before?.skipped === undefined ? {} : { skipped: before.skipped }),
    ...(nextDue === undefined ? {} : { nextDue }),
  };
}
