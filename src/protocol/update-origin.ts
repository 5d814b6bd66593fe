import type { JobAssignment, UpdateOrigin } from './schemas/job.ts';

/** Undefined for every job but a change of the agent's own version. */
export function updateOf({ origin }: Pick<JobAssignment, 'origin'>): UpdateOrigin | undefined {
  return origin !== undefined && 'updateTo' in origin ? origin : undefined;
}
