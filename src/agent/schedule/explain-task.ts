import type { EndpointTask } from '../../protocol/endpoint.ts';
import type { Schedule, TaskSpec } from '../../protocol/schemas/desired.ts';
import type { TaskRecord } from '../../store/agent/schedule-store.ts';
import { planOf } from './task-plan.ts';
import { splayOf } from './splay.ts';
import { isoTime, skipSentence, taskState } from './task-state.ts';

const NEXT_RUNS = 5;

export interface ExplainContext {
  readonly agentID: string;
  readonly record: TaskRecord | undefined;
  readonly now: number;
}

/** All that somebody could ask of a task's schedule. @throws AppError SCHEDULE_INVALID */
export async function explainTask(spec: TaskSpec, context: ExplainContext): Promise<EndpointTask> {
  const { agentID, record, now } = context;
  return {
    ...taskState(spec, record, now),
    rule: describeRule(spec.schedule),
    splaySeconds: splayOf(agentID, spec.name, spec.schedule.splaySeconds) / 1000,
    nextRuns: (await nextDues(spec, context)).map(isoTime),
    lastDue: record === undefined ? NOT_YET : describeLast(record),
  };
}

async function nextDues(spec: TaskSpec, { agentID, record, now }: ExplainContext): Promise<number[]> {
  const plan = await planOf(spec, agentID, record?.anchorAt ?? now);
  const dues: number[] = [];
  const first = record === undefined ? plan.next(now) : record.nextDue;
  for (let due = first; due !== undefined && dues.length < NEXT_RUNS; due = plan.next(due)) dues.push(due);
  return dues;
}

/** As one sentence, with what holds when the schedule does not say it. */
function describeRule(schedule: Schedule): string {
  const { splaySeconds = 0, missed = 'skip', overlap = 'skip', retries } = schedule;
  return [
    describeTimes(schedule),
    ...(splaySeconds === 0 ? [] : [`splayed over ${splaySeconds} s`]),
    missed === 'skip' ? 'missed runs are skipped' : 'missed runs are made up for once',
    WHEN_STILL_GOING[overlap],
    ...(retries === undefined
      ? []
      : [`up to ${retries.limit} retries, the first after ${retries.backoffSeconds} s`]),
  ].join('; ');
}

const WHEN_STILL_GOING = {
  skip: 'skipped while the last run is going',
  queue: 'waits while the last run is going',
  replace: 'ends the last run if it is still going',
};

function describeTimes({ cron, everySeconds, at, timeZone }: Schedule): string {
  if (cron !== undefined) return `cron "${cron}" in ${timeZone ?? 'the local time zone'}`;
  return everySeconds === undefined ? `once, at ${String(at)}` : `every ${everySeconds} s`;
}

const NOT_YET = 'It has not been due yet';

function describeLast({ run, skipped, waiting }: TaskRecord): string {
  const sentences: string[] = [];
  if (skipped !== undefined && skipped.dueAt > (run?.dueAt ?? -Infinity))
    sentences.push(skipSentence(skipped));
  else if (run !== undefined) sentences.push(describeRun(run));
  if (waiting !== undefined)
    sentences.push(
      `Attempt ${waiting.attempt} of the run due at ${isoTime(waiting.dueAt)} waits until ${isoTime(waiting.notBefore)} and for any run that is going`,
    );
  return sentences.length === 0 ? NOT_YET : sentences.join('. ');
}

function describeRun({ dueAt, attempt, startedAt, outcome, reason }: NonNullable<TaskRecord['run']>): string {
  const how = outcome === undefined ? 'it is running' : `it ${OUTCOME_WORDS[outcome] ?? outcome}`;
  const why = reason === undefined ? '' : ` (${reason})`;
  return `Due at ${isoTime(dueAt)}, started at ${isoTime(startedAt)} as attempt ${attempt}; ${how}${why}`;
}

const OUTCOME_WORDS: Partial<Record<string, string>> = {
  'timed-out': 'ran out of time',
  canceled: 'was canceled',
  interrupted: 'was interrupted',
  refused: 'was refused',
  'fetch-failed': 'failed, for its archive could not be fetched',
  'archive-rejected': 'failed, for its archive was rejected',
  'start-failed': 'could not be started',
};
