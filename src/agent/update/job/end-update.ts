import { describeError, errorFields } from '../../../lib/errors.ts';
import { changeSwitch, stateOf } from '../switch/switch-file.ts';
import { failed } from '../switch/switch-state.ts';
import { removeOtherVersions } from '../switch/versions-folder.ts';
import type { UpdateEnding } from './settle-update.ts';
import type { UpdateJob } from './update-job.ts';
import { UpdateOutput } from './update-output.ts';
import type { UpdaterOptions } from './updater-options.ts';

/** Why a version was given up, one sentence. */
export type GivingUp = UpdateEnding & { readonly reason: string };

/** Writes down how a change of version ended, for whoever reports it. @throws AppError STATE_UNWRITABLE; then it has not ended */
export function endUpdate({ job, origin }: UpdateJob, ending: UpdateEnding, options: UpdaterOptions): void {
  const { journal, jobs, log } = options;
  const { outcome, reason } = ending;
  const output = outputOf(job.jobID, options);
  output.line(reason === undefined ? `Version ${origin.updateTo} has proven itself` : reason);
  const result = { ...ending, stdoutBytes: output.bytes, stderrBytes: 0 };
  journal.commit(job, { phase: 'exited', result });
  log[outcome === 'succeeded' ? 'info' : 'warn']('update.ended', 'A change of version has ended', {
    ...{ jobID: job.jobID, ...origin, outcome, reason },
  });
  jobs.reportNews();
  tidy(options);
}

/** What kept it from coming, as a wrong clock or a list that was not renewed, is no fault of the version, and may be mended elsewhere. */
const REFETCH_MS = 6 * 60 * 60_000;

/**
 * As `endUpdate`, of a version that is not to be tried again, or not soon. Remembered first: after a crash in between it must not be
 * tried anew.
 */
export function giveUp(update: UpdateJob, ending: GivingUp, options: UpdaterOptions): void {
  const at = options.clock.now();
  const mark = {
    ...{ reason: ending.reason, at },
    ...(ending.outcome === 'fetch-failed' && { retryAt: at + REFETCH_MS }),
  };
  changeSwitch(options, (state) => failed(state, update.origin.updateTo, mark));
  endUpdate(update, ending, options);
}

/** What an error comes to that no other attempt would mend. */
export function endingOf(error: unknown, { job }: UpdateJob): GivingUp {
  const outcome = job.phase === 'accepted' ? 'fetch-failed' : 'failed';
  return { outcome, reason: describeError(error), errorCode: errorFields(error).code };
}

/** Leaves the versions that may still be started. */
function tidy(options: UpdaterOptions): void {
  try {
    removeOtherVersions(options.stateDir, stateOf(options));
  } catch (error) {
    options.log.warn('update.untidy', 'Versions that nobody needs any more cannot be removed', {
      err: error,
    });
  }
}

export function outputOf(jobID: string, { stdoutPathOf, clock }: UpdaterOptions): UpdateOutput {
  return new UpdateOutput(stdoutPathOf(jobID), () => clock.now());
}
