import type { Wakeup } from '../../lib/wakeup.ts';
import type { Job, JobChange, JobPhase } from '../../store/agent/job-journal.ts';
import type { JobDeps } from './job-options.ts';

export type ActivePhase = Exclude<JobPhase, 'cleaned'>;
export type ActiveJob = Job & { readonly phase: ActivePhase };

/**
 * Does the work of one phase and says what to commit. Re-running one after a crash is normal, so it begins by undoing what
 * an earlier attempt may have left half done.
 */
export type Step = (job: Job, context: StepContext) => Promise<JobChange>;

export interface StepContext extends JobDeps {
  /** Aborted when this job is to end, with a `Stopped` that says why. */
  readonly signal: AbortSignal;
  /** Aborted when the agent is to stop, which is one reason to end a job among others. */
  readonly stopping: AbortSignal;
  /** Rings when the server has come back into reach. */
  readonly serverIsBack: Wakeup;
}
