import type { ServiceSpec, UnitState } from '../../protocol/schemas/desired.ts';
import type { ServiceRecord } from '../../store/agent/service-store.ts';
import { describeEnd } from './restart-policy.ts';

export interface DescribeOptions {
  readonly wanted?: ServiceSpec | undefined;
  /** What the record does not say. */
  readonly problem?: string | undefined;
}

/** A service as admins see it. Undefined while there is no archive to tell of. */
export function describeService(
  record: ServiceRecord,
  { wanted, problem: note }: DescribeOptions = {},
): UnitState | undefined {
  const { name, state, since, spec = wanted, rejected, run, restarts, lastEnd } = record;
  const problem = record.problem ?? note ?? rejected?.problem;
  if (spec === undefined) return undefined;
  return {
    name,
    kind: 'service',
    state,
    since: new Date(since).toISOString(),
    archive: spec.archive.sha256,
    restarts,
    ...(problem === undefined ? {} : { problem }),
    ...(run?.pid === undefined ? {} : { pid: run.pid }),
    ...(lastEnd === undefined ? {} : { lastRun: new Date(lastEnd.startedAt).toISOString() }),
    ...(lastEnd === undefined ? {} : { lastOutcome: describeEnd(lastEnd) }),
  };
}
