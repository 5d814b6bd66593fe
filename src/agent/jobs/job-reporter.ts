import { Backoff } from '../../lib/backoff.ts';
import { isAppError } from '../../lib/errors.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { Job, JobPhase } from '../../store/agent/job-journal.ts';
import { advance, isActive } from './advance.ts';
import type { JobDeps } from './job-options.ts';
import { pruneJournal } from './prune-journal.ts';

const OVER: readonly JobPhase[] = ['exited', 'reported'];
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * The outbox: tells the server what the journal says has ended, and cleans up behind it. It looks at the journal only, so
 * that a result waits there for as long as the server is away, through any number of restarts.
 */
export class JobReporter {
  readonly #deps: JobDeps;
  readonly #bell = new Wakeup();
  readonly #backoff: Backoff;

  constructor(deps: JobDeps) {
    this.#deps = deps;
    const { clock, random } = deps;
    this.#backoff = new Backoff({ baseMs: FIRST_WAIT_MS, capMs: LONGEST_WAIT_MS, clock, random });
  }

  /** There may be something to report, or a better chance to. */
  wake(): void {
    this.#bell.ring();
  }

  async loop(signal: AbortSignal): Promise<void> {
    for (;;) {
      const retryAfterMs = await this.#reportAll(signal);
      if (retryAfterMs === undefined) {
        this.#backoff.reset();
        await this.#bell.wait(signal);
      } else {
        const waitMs = this.#backoff.next(retryAfterMs);
        await sleepOrRing(waitMs, { clock: this.#deps.clock, bell: this.#bell, signal });
      }
    }
  }

  /** Undefined when all went well, otherwise how long the server asked us to wait. */
  async #reportAll(signal: AbortSignal): Promise<number | undefined> {
    let retryAfterMs: number | undefined;
    for (const job of this.#deps.journal.active({ phases: OVER })) {
      try {
        await this.#finish(job, signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#logFailure(job, error);
        retryAfterMs = Math.max(retryAfterMs ?? 0, (isAppError(error) ? error.retryAfterMs : undefined) ?? 0);
        // One job's trouble is not the others'; but when nobody answers, nobody answers.
        if (isAppError(error, 'SERVER_UNREACHABLE')) break;
      }
    }
    return retryAfterMs;
  }

  async #finish(job: Job, signal: AbortSignal): Promise<void> {
    const log = this.#deps.log.child({ jobID: job.jobID });
    const context = { ...this.#deps, log, signal, stopping: signal, serverIsBack: this.#bell };
    for (let current = job; isActive(current);) current = await advance(current, context);
    pruneJournal(this.#deps);
  }

  /** Once when it begins; the tries that follow are nothing new. */
  #logFailure({ jobID, phase }: Job, error: unknown): void {
    const level = this.#backoff.failures === 0 ? 'warn' : 'debug';
    this.#deps.log[level](
      'job.report-failed',
      'A result could not be delivered, or its workspace not removed',
      {
        jobID,
        phase,
        err: error,
      },
    );
  }
}
