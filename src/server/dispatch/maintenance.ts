import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { JobStore } from '../../store/server/job-store.ts';

const DAY_MS = 24 * 60 * 60_000;
export const DEFAULT_RETENTION_DAYS = 90;

export interface MaintenanceOptions {
  jobs: Pick<JobStore, 'prune'>;
  /** What else is to be done each day, one after the other. */
  chores: readonly (() => Promise<void>)[];
  clock: Clock;
  log: Logger;
  retentionDays: number;
}

/** Forgets results that are older than the retention, and does the chores. A failure is logged: the next run comes. */
export async function maintain(options: MaintenanceOptions): Promise<void> {
  const { jobs, chores, clock, log, retentionDays } = options;
  try {
    const pruned = await jobs.prune(clock.now() - retentionDays * DAY_MS);
    if (pruned > 0) log.info('history.pruned', 'Old results were removed', { jobs: pruned, retentionDays });
    for (const chore of chores) await chore();
  } catch (error) {
    log.error('maintenance.failed', 'Cannot tidy up', { err: error });
  }
}

/** Maintains once a day until the function it gives back is called. Keeps no process alive. */
export function startMaintenance(options: MaintenanceOptions): () => void {
  const timer = setInterval(() => void maintain(options), DAY_MS).unref();
  return () => clearInterval(timer);
}
