import { createHash } from 'node:crypto';
import { formatEpochTime } from '../../protocol/commander/times.ts';
import type { TaskSpec } from '../../protocol/schemas/desired.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { TaskRecord, WaitingRun } from '../../store/agent/schedule-store.ts';

type Due = Pick<WaitingRun, 'dueAt' | 'attempt'>;

/**
 * One ID for one run, however often it is asked for: after a crash between the journal and the schedule's own record, the
 * journal knows the run already.
 */
export function jobIDOf(agentID: string, { task, anchorAt }: TaskRecord, { dueAt, attempt }: Due): string {
  const digest = createHash('sha256').update(JSON.stringify([agentID, task, anchorAt, dueAt, attempt]));
  const hex = digest.digest('hex');
  // RFC 9562, section 5.8: version 8, whose bits are the maker's own.
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}

/** What goes into the journal for one run. */
export function assignmentOf(spec: TaskSpec, jobID: string, { dueAt, attempt }: Due): JobAssignment {
  const { name, executor, filename, argv, archive, timeoutSeconds } = spec;
  return {
    ...{ jobID, executor, filename, archive },
    description: `Task "${name}"`,
    timeCreated: formatEpochTime(dueAt),
    ...(argv === undefined ? {} : { argv }),
    origin: { task: name, dueAt: dueAt / 1000, attempt },
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}
