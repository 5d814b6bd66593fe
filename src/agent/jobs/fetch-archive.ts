import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { Backoff } from '../../lib/backoff.ts';
import { AppError, isAppError, systemErrorCode } from '../../lib/errors.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { Job, JobChange } from '../../store/agent/job-journal.ts';
import { requireAllowed } from './job-policy.ts';
import type { StepContext } from './step.ts';
import { makeWorkspace, workspaceOf } from './workspace.ts';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5 * 60_000;

/** accepted -> fetched: what this host would not run is not even fetched. */
export async function fetchArchive(job: Job, context: StepContext): Promise<JobChange> {
  requireAllowed(job, context);
  const workspace = workspaceOf(context.workDir, job.jobID);
  await makeWorkspace(workspace);
  await copyKept(job.assignment, workspace.archivePath, context);
  await retrying(context, async () => {
    await context.server.fetchArchive(job.assignment, workspace.archivePath, context.signal);
  });
  return { phase: 'fetched' };
}

/** With all of it there, nothing is asked of the server: its hash is checked, as that of every archive is. */
async function copyKept(
  { archive }: JobAssignment,
  archivePath: string,
  { keptArchive }: StepContext,
): Promise<void> {
  if (archive === undefined || keptArchive === undefined) return;
  try {
    await copyFile(keptArchive(archive.sha256), archivePath, constants.COPYFILE_FICLONE);
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return;
    throw new AppError('STATE_UNWRITABLE', `Cannot write "${archivePath}"`, { cause, retryable: true });
  }
}

/** Tries for as long as the limits allow: long while nobody answers, a few times when the answer is an error. */
async function retrying(context: StepContext, fetch: () => Promise<void>): Promise<void> {
  const { clock, random, limits, signal, serverIsBack, log } = context;
  const backoff = new Backoff({ baseMs: FIRST_WAIT_MS, capMs: LONGEST_WAIT_MS, clock, random });
  const begun = clock.monotonic();
  for (let attempts = 1; ;) {
    try {
      await fetch();
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error) || !error.retryable) throw error;
      const isAway = error.code === 'SERVER_UNREACHABLE';
      const hasHadEnough = isAway
        ? clock.monotonic() - begun >= limits.fetchPatienceMs
        : attempts++ >= limits.fetchAttempts;
      if (hasHadEnough) throw new AppError(error.code, 'Gave up fetching the archive', { cause: error });
      log.debug('job.fetch-retry', 'The archive could not be fetched and is tried again', { err: error });
      await sleepOrRing(backoff.next(error.retryAfterMs), { clock, signal, bell: serverIsBack });
    }
  }
}
