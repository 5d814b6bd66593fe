import type { Clock } from '../../lib/clock.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { JobRecord, JobResultRecord, JobStore } from '../../store/server/job-store.ts';
import { originalFields } from './pushes.ts';

export interface JobEndsOptions {
  jobs: Pick<JobStore, 'finish'>;
  clock: Clock;
  /** Told after the result is committed; nobody waits for it. */
  onEnd: (job: JobRecord) => void;
}

/** Where jobs end: records the one result of each, then wakes whoever waits for it. */
export class JobEnds {
  readonly #options: JobEndsOptions;
  readonly #waiters = new Map<string, Set<() => void>>();

  constructor(options: JobEndsOptions) {
    this.#options = options;
  }

  /** False when the job had a result already. */
  async finish(job: JobRecord, result: JobResultRecord): Promise<boolean> {
    const isFirst = await this.#options.jobs.finish(job.jobID, result, this.#options.clock.now());
    if (!isFirst) return false;
    this.#wake(job.jobID);
    this.#options.onEnd(job);
    return true;
  }

  /** An end that the server itself decides on, without a word from the agent. */
  async conclude(job: JobRecord, outcome: 'canceled' | 'lost', reason: string): Promise<boolean> {
    return await this.finish(job, { outcome, reason, reported: reportedAs(job.assignment) });
  }

  /** Calls `listener` once at the end of the job; the function it gives back calls that off. */
  whenFinished(jobID: string, listener: () => void): () => void {
    const waiters = this.#waiters.get(jobID) ?? new Set();
    this.#waiters.set(jobID, waiters.add(listener));
    return () => {
      waiters.delete(listener);
      if (waiters.size === 0 && this.#waiters.get(jobID) === waiters) this.#waiters.delete(jobID);
    };
  }

  /** Lets go of all who wait: the server stops. */
  close(): void {
    for (const jobID of [...this.#waiters.keys()]) this.#wake(jobID);
  }

  #wake(jobID: string): void {
    const waiters = this.#waiters.get(jobID);
    this.#waiters.delete(jobID);
    for (const listener of waiters ?? []) listener();
  }
}

function reportedAs(assignment: JobAssignment): Record<string, unknown> {
  return { ...originalFields(assignment) };
}
