import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { Stopped, stopReasonOf } from '../lib/stopped.ts';
import type { Supervisor } from '../platform/service/supervisor.ts';
import type { JobJournal } from '../store/agent/job-journal.ts';
import type { JobPipeline } from './jobs/job-options.ts';

/** How long the results of jobs that have just ended may be on their way. */
const REPORTS_PATIENCE_MS = 1000;
const LOOK_EVERY_MS = 20;

export interface ShutdownOptions {
  /** Asks to stop. With the reason `update` running jobs get all the time they need, else their grace. */
  readonly stop: AbortSignal;
  /** Asks not to wait any longer. */
  readonly stopNow?: AbortSignal | undefined;
  readonly graceMs: number;
  readonly pipeline: Pick<JobPipeline, 'drain'>;
  readonly journal: Pick<JobJournal, 'active'>;
  readonly supervisor?: Supervisor | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Resolves after `stop`, when nothing has to be waited for any more: then all that is left of the agent may end. */
export async function drainAfterStop(options: ShutdownOptions, signal: AbortSignal): Promise<void> {
  const { stop, stopNow, graceMs, pipeline, supervisor, clock, log } = options;
  await abortOf(AbortSignal.any([stop, signal]));
  signal.throwIfAborted();
  log.info('agent.stopping', 'The agent was asked to stop');
  supervisor?.tell('draining');

  const drained = new AbortController();
  const early = AbortSignal.any([signal, drained.signal, ...(stopNow === undefined ? [] : [stopNow])]);
  const patienceMs = stopReasonOf(stop) === 'update' ? Infinity : graceMs;
  const grace = clock.sleep(patienceMs, early).catch(() => undefined);
  await Promise.race([pipeline.drain(), grace]);
  await letReportsOut(options, early).catch(() => undefined);
  drained.abort(new Stopped('shutdown'));
}

async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** With no server there they wait in the store, as ever. */
async function letReportsOut(
  { journal, clock }: Pick<ShutdownOptions, 'journal' | 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = clock.monotonic() + REPORTS_PATIENCE_MS;
  while (journal.active().some(({ phase }) => phase === 'exited') && clock.monotonic() < deadline)
    await clock.sleep(LOOK_EVERY_MS, signal);
}
