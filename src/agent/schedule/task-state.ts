import type { TaskSpec, UnitState } from '../../protocol/schemas/desired.ts';
import type { SkippedRun, TaskRecord } from '../../store/agent/schedule-store.ts';
import { isRunning } from './schedule-rules.ts';

/** How a task stands, for people. Without a record it has only just come. */
export function taskState(spec: TaskSpec, record: TaskRecord | undefined, now: number): UnitState {
  const common = { name: spec.name, kind: 'task', archive: spec.archive.sha256 } as const;
  if (record === undefined) return { ...common, state: 'idle', since: isoTime(now) };
  const { run, nextDue, skipped, anchorAt } = record;
  const running = isRunning(record);
  const since = running ? run?.startedAt : run?.endedAt;
  return {
    ...common,
    state: running ? 'running' : 'idle',
    since: isoTime(since ?? anchorAt),
    ...(run === undefined ? {} : { lastRun: isoTime(run.startedAt) }),
    ...(run?.outcome === undefined ? {} : { lastOutcome: run.outcome }),
    ...(nextDue === undefined ? {} : { nextRun: isoTime(nextDue) }),
    ...(nextDue === undefined && run === undefined && skipped !== undefined
      ? { problem: skipSentence(skipped) }
      : {}),
  };
}

export function brokenTask(spec: TaskSpec, problem: string, now: number): UnitState {
  const { name, archive } = spec;
  return { name, kind: 'task', archive: archive.sha256, state: 'broken', since: isoTime(now), problem };
}

export function skipSentence({ dueAt, why }: SkippedRun): string {
  const because = {
    missed: 'the agent was off or the machine asleep, and missed runs are skipped',
    overlap: 'the last run was still going',
  };
  return `Did not run at ${isoTime(dueAt)}: ${because[why]}`;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
