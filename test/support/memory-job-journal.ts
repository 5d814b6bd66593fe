import type { Clock } from '../../src/lib/clock.ts';
import type { JobAssignment } from '../../src/protocol/schemas/job.ts';
import {
  JOB_PHASES,
  type Job,
  type JobChange,
  type JobFilter,
  type JobJournal,
} from '../../src/store/agent/job-journal.ts';
import {
  changed,
  isCancelable,
  isHeld,
  staleJob,
  startedOver,
} from '../../src/store/agent/job-transition.ts';

/** A journal for tests of those who use one. It lasts as long as the object does. */
export class MemoryJobJournal implements JobJournal {
  readonly #jobs = new Map<string, Job>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  accept(assignments: readonly JobAssignment[]): Job[] {
    return assignments.flatMap((assignment) => {
      const { jobID } = assignment;
      if (this.#jobs.has(jobID)) return [];
      const phaseTimes = { accepted: this.#clock.now() };
      const job: Job = { jobID, assignment, phase: 'accepted', phaseTimes, cancelRequested: false };
      this.#jobs.set(jobID, job);
      return [job];
    });
  }

  get(jobID: string): Job | undefined {
    return this.#jobs.get(jobID);
  }

  active({ phases = JOB_PHASES, limit = Infinity }: JobFilter = {}): Job[] {
    return [...this.#jobs.values()]
      .filter(({ phase }) => phase !== 'cleaned' && phases.includes(phase))
      .slice(0, limit);
  }

  holding(): string[] {
    return this.active()
      .filter(isHeld)
      .map(({ jobID }) => jobID);
  }

  commit(job: Job, change: JobChange): Job {
    return this.#replace(job, changed(job, change, this.#clock.now()));
  }

  startOver(job: Job): Job {
    return this.#replace(job, startedOver(job));
  }

  requestCancel(jobIDs: readonly string[]): string[] {
    return jobIDs.filter((jobID) => {
      const job = this.#jobs.get(jobID);
      if (job === undefined || !isCancelable(job)) return false;
      this.#jobs.set(jobID, { ...job, cancelRequested: true });
      return true;
    });
  }

  recent(limit: number): Job[] {
    return [...this.#jobs.values()].reverse().slice(0, limit);
  }

  prune({ jobsMs, taskRunsMs }: { jobsMs: number; taskRunsMs: number }): number {
    const old = [...this.#jobs.values()].filter(
      ({ phaseTimes: { cleaned = Infinity }, assignment }) =>
        cleaned < jobsMs || (assignment.origin !== undefined && cleaned < taskRunsMs),
    );
    for (const { jobID } of old) this.#jobs.delete(jobID);
    return old.length;
  }

  #replace(job: Job, next: Job): Job {
    const current = this.#jobs.get(job.jobID);
    if (current?.phase !== job.phase) throw staleJob(job);
    const { cancelRequested } = current;
    this.#jobs.set(job.jobID, { ...next, cancelRequested });
    return { ...next, cancelRequested };
  }
}
