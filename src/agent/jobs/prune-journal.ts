import type { JobDeps } from './job-options.ts';

/** Forgets the jobs that nobody will ask for again. */
export function pruneJournal({
  journal,
  clock,
  limits,
}: Pick<JobDeps, 'journal' | 'clock' | 'limits'>): void {
  const now = clock.now();
  journal.prune({ jobsMs: now - limits.rememberMs, taskRunsMs: now - limits.rememberTaskRunsMs });
}
