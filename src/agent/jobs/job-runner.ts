import { isAbortOf, Stopped } from '../../lib/stopped.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { Job, JobPhase } from '../../store/agent/job-journal.ts';
import { advance, isActive } from './advance.ts';
import type { JobDeps } from './job-options.ts';
import { recover } from './recover.ts';
import { runsProgram } from './runs-program.ts';

/** A job in one of these waits for the runner; from there on the runner keeps it until it has exited. */
const WAITING: readonly JobPhase[] = ['accepted', 'fetched', 'extracted'];

/** In the journal at the same time, waiting for somebody else. */
const UPDATES = 1;

interface RunningJob {
  readonly stop: AbortController;
  readonly serverIsBack: Wakeup;
  readonly done: Promise<void>;
}

/** Takes jobs from the journal, oldest first and a few at a time, up to `exited`, where the reporter takes over. */
export class JobRunner {
  readonly #deps: JobDeps;
  readonly #bell = new Wakeup();
  readonly #onExited: () => void;
  readonly #running = new Map<string, RunningJob>();
  /** Jobs that failed in a way that is no outcome: left alone until the next start rather than tried without end. */
  readonly #parked = new Set<string>();
  /** Still to be looked at: most of them wait, and can be told off at once. */
  readonly #canceled: string[] = [];
  #draining = false;

  constructor(deps: JobDeps, options: { onExited: () => void }) {
    this.#deps = deps;
    this.#onExited = options.onExited;
  }

  /** There may be something to start. */
  wake(): void {
    this.#bell.ring();
  }

  async loop(stopping: AbortSignal): Promise<void> {
    await recover(this.#deps);
    this.#onExited();
    try {
      for (;;) {
        this.#startWhatFits(stopping);
        await this.#bell.wait(stopping);
      }
    } finally {
      await this.#allDone();
    }
  }

  cancel(jobIDs: readonly string[]): void {
    for (const jobID of jobIDs) this.#running.get(jobID)?.stop.abort(new Stopped('job-canceled'));
    this.#canceled.push(...jobIDs);
    this.wake();
  }

  serverIsBack(): void {
    for (const { serverIsBack } of this.#running.values()) serverIsBack.ring();
  }

  async drain(): Promise<void> {
    this.#draining = true;
    await this.#allDone();
  }

  resume(): void {
    this.#draining = false;
    this.wake();
  }

  #startWhatFits(stopping: AbortSignal): void {
    if (this.#draining) return;
    const { journal, limits } = this.#deps;
    // A canceled job needs no room: there is nothing to do but to say so.
    for (const jobID of this.#canceled.splice(0)) this.#startIfWaiting(journal.get(jobID), stopping);
    const limit = this.#running.size + this.#parked.size + limits.concurrency + UPDATES;
    for (const job of journal.active({ phases: WAITING, limit }))
      if (this.#running.size < limits.concurrency) this.#startIfWaiting(job, stopping);
  }

  #startIfWaiting(job: Job | undefined, stopping: AbortSignal): void {
    if (job === undefined || !WAITING.includes(job.phase) || !runsProgram(job)) return;
    if (!this.#running.has(job.jobID) && !this.#parked.has(job.jobID)) this.#start(job, stopping);
  }

  #start(job: Job, stopping: AbortSignal): void {
    const stop = new AbortController();
    const serverIsBack = new Wakeup();
    const signal = AbortSignal.any([stop.signal, stopping]);
    const done = this.#run(job, { signal, stopping, serverIsBack });
    this.#running.set(job.jobID, { stop, serverIsBack, done });
  }

  /** Never rejects: what goes wrong in one job is no other's concern. */
  async #run(
    job: Job,
    how: { signal: AbortSignal; stopping: AbortSignal; serverIsBack: Wakeup },
  ): Promise<void> {
    const log = this.#deps.log.child({ jobID: job.jobID });
    try {
      let current = job;
      while (isActive(current) && current.phase !== 'exited')
        current = await advance(current, { ...this.#deps, ...how, log });
      this.#onExited();
    } catch (error) {
      if (isAbortOf(how.stopping, error)) return;
      this.#parked.add(job.jobID);
      log.error(
        'job.parked',
        'A job failed in a way that should not be; it is left until the agent starts again',
        {
          err: error,
          unexpected: true,
        },
      );
    } finally {
      this.#running.delete(job.jobID);
      this.wake();
    }
  }

  async #allDone(): Promise<void> {
    await Promise.all([...this.#running.values()].map(async ({ done }) => await done));
  }
}
