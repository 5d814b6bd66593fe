import { AppError } from '../../lib/errors.ts';
import { JOB_PHASES, type Job, type JobChange, type JobPhase } from './job-journal.ts';

/** What can be done again after a crash, because nobody was told of it and nothing has been run. */
const PREPARED: readonly JobPhase[] = ['fetched', 'extracted'];
const CANCELABLE: readonly JobPhase[] = ['accepted', 'fetched', 'extracted', 'running'];
/** The server has not confirmed a result of these. */
const HELD: readonly JobPhase[] = [...CANCELABLE, 'exited'];

/** The job after `change`; throws INTERNAL when it would go back or stay. */
export function changed(job: Job, { phase, result }: JobChange, nowMs: number): Job {
  if (JOB_PHASES.indexOf(phase) <= JOB_PHASES.indexOf(job.phase))
    throw new AppError('INTERNAL', `Job "${job.jobID}" cannot go from "${job.phase}" to "${phase}"`);
  const phaseTimes = { ...job.phaseTimes, [phase]: nowMs };
  return { ...job, phase, phaseTimes, ...(result === undefined ? {} : { result }) };
}

export function startedOver(job: Job): Job {
  if (!PREPARED.includes(job.phase))
    throw new AppError('INTERNAL', `Job "${job.jobID}" cannot start over from "${job.phase}"`);
  const { accepted } = job.phaseTimes;
  return { ...job, phase: 'accepted', phaseTimes: accepted === undefined ? {} : { accepted } };
}

export function isCancelable({ phase }: Job): boolean {
  return CANCELABLE.includes(phase);
}

export function isHeld({ phase }: Job): boolean {
  return HELD.includes(phase);
}

/** For a commit on top of a state that the journal no longer has. */
export function staleJob(job: Job): AppError {
  return new AppError('INTERNAL', `Job "${job.jobID}" is not "${job.phase}" in the journal`);
}
