import { formatEpochTime } from '../../../protocol/commander/times.ts';
import type { JobAssignment, UpdateOrigin } from '../../../protocol/schemas/job.ts';
import { updateOf } from '../../../protocol/update-origin.ts';
import type { Job, JobJournal, JobPhase } from '../../../store/agent/job-journal.ts';
import type { UpdaterOptions } from './updater-options.ts';

/** From `exited` on it is reported as any job is. */
const UNDER_WAY: readonly JobPhase[] = ['accepted', 'fetched', 'extracted', 'running'];

/** A change of the agent's version that has not ended. */
export interface UpdateJob {
  readonly job: Job;
  readonly origin: UpdateOrigin;
}

/** What goes into the journal for one change of version. */
export function updateAssignment(
  origin: UpdateOrigin,
  { jobID, now }: { readonly jobID: string; readonly now: number },
): JobAssignment {
  const { updateFrom, updateTo } = origin;
  return {
    jobID,
    executor: 'builtin',
    filename: 'update',
    description: `Agent ${updateFrom} to ${updateTo}`,
    timeCreated: formatEpochTime(now),
    origin,
  };
}

/** From here on the change of version is a job of the journal. @throws AppError STATE_UNWRITABLE */
export function acceptUpdate(origin: UpdateOrigin, { journal, newJobID, clock, log }: UpdaterOptions): void {
  const jobID = newJobID();
  journal.accept([updateAssignment(origin, { jobID, now: clock.now() })]);
  log.info('update.accepted', 'The version of this agent is to change', { jobID, ...origin });
}

/** There is one at most. */
export function updateUnderWay(journal: Pick<JobJournal, 'active'>): UpdateJob | undefined {
  for (const job of journal.active({ phases: UNDER_WAY })) {
    const origin = updateOf(job.assignment);
    if (origin !== undefined) return { job, origin };
  }
  return undefined;
}
