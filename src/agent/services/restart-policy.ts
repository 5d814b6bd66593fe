import { isDeepStrictEqual } from 'node:util';
import type { ServiceSpec } from '../../protocol/schemas/desired.ts';
import type { ServiceEnd, ServiceRecord, ServiceState } from '../../store/agent/service-store.ts';
import type { RecordChange } from './kept-record.ts';

const DEFAULT_BUDGET = { limit: 10, windowSeconds: 600 };
/** So many failures before it was healthy once, and a new version gives way to the last good one. */
const FAILED_STARTS_ALLOWED = 3;

const LAST_SIGNAL = 64;

export type Verdict =
  /** It is to stay as it is, and that is no failure. */
  | { readonly then: 'stay' }
  | { readonly then: 'restart'; readonly problem: string; readonly restartTimes: readonly number[] }
  | { readonly then: 'go-back' | 'park'; readonly problem: string };

export interface Ended {
  readonly end: ServiceEnd;
  /** Why we ended it ourselves, when we did. */
  readonly sick: string | undefined;
}

/** What is to become of a service whose run has ended without anybody having asked for it. Pure. */
export function afterEnd(record: ServiceRecord, spec: ServiceSpec, { end, sick }: Ended): Verdict {
  const failed = sick !== undefined || end.exitCode !== 0;
  const policy = spec.restart ?? 'always';
  if (!failed && policy !== 'always') return { then: 'stay' };
  const how = sick ?? describeEnd(end);
  const isTrial =
    record.good !== undefined && record.failedStarts > 0 && !isDeepStrictEqual(record.good, spec);
  if (isTrial && (record.failedStarts >= FAILED_STARTS_ALLOWED || policy === 'never'))
    return {
      then: 'go-back',
      problem: `Went back to the last good version: the new one was never healthy (${how})`,
    };
  if (policy === 'never')
    return { then: 'park', problem: `Not started again, as its restart policy is "never" (${how})` };
  return withinBudget(record, spec, { now: end.endedAt, how });
}

/** What a verdict makes of the record. Pure. */
export function consequenceOf(
  verdict: Verdict,
  { spec, good, restarts }: ServiceRecord & { readonly spec: ServiceSpec },
): RecordChange & { readonly state: ServiceState } {
  switch (verdict.then) {
    case 'stay':
      return { state: 'stopped', good: spec };
    case 'park':
      return { state: 'parked', problem: verdict.problem };
    case 'restart': {
      const { problem, restartTimes } = verdict;
      return { state: 'backing-off', problem, restartTimes, restarts: restarts + 1 };
    }
    case 'go-back': {
      const rejected = { spec, problem: verdict.problem };
      return { state: 'starting', spec: good, rejected, failedStarts: 0, restartTimes: [] };
    }
  }
}

/** `exited with code 3`, `ended by signal 9`. */
export function describeEnd({ exitCode }: Pick<ServiceEnd, 'exitCode'>): string {
  if (exitCode === undefined) return 'it is not known how it ended';
  const isSignal = exitCode > 128 && exitCode <= 128 + LAST_SIGNAL; // what lies above, only programs and Windows say
  return isSignal ? `ended by signal ${exitCode - 128}` : `exited with code ${exitCode}`;
}

function withinBudget(
  { restartTimes }: ServiceRecord,
  { name, restartBudget = DEFAULT_BUDGET }: ServiceSpec,
  { now, how }: { now: number; how: string },
): Verdict {
  const { limit, windowSeconds } = restartBudget;
  // Times in the future are left over from before the clock was set back.
  const recent = restartTimes.filter((time) => time <= now && now - time < windowSeconds * 1000);
  if (recent.length < limit)
    return { then: 'restart', problem: `Starts again soon (${how})`, restartTimes: [...recent, now] };
  return {
    then: 'park',
    problem: `Parked: more than ${limit} restarts within ${windowSeconds} s (${how}); "commander-agent services restart ${name}" starts it again`,
  };
}
