import { describeError, errorFields, isAppError, type ErrorCode } from '../../lib/errors.ts';
import { stopReasonOf } from '../../lib/stopped.ts';
import type { JobOutcome } from '../../protocol/schemas/job.ts';
import type { JobChange, JobPhase } from '../../store/agent/job-journal.ts';
import type { ActiveJob } from './step.ts';

/** What a failure in a phase's step comes to, unless its code says more. */
const OUTCOME_OF_PHASE: Partial<Record<JobPhase, JobOutcome>> = {
  accepted: 'fetch-failed',
  fetched: 'archive-rejected',
  extracted: 'start-failed',
  running: 'start-failed',
};

const OUTCOME_OF_CODE: Partial<Record<ErrorCode, JobOutcome>> = {
  EXECUTOR_NOT_ALLOWED: 'refused',
  UNSUPPORTED: 'refused',
  NAME_INVALID: 'refused',
  ARCHIVE_TOO_LARGE: 'archive-rejected',
  STATE_UNWRITABLE: 'start-failed',
};

/** The change that a step's failure becomes; throws what is no outcome: a stop of the agent, and trouble in reporting or cleaning. */
export function failureOf(job: ActiveJob, error: unknown, signal: AbortSignal): JobChange {
  const ofPhase = OUTCOME_OF_PHASE[job.phase];
  if (ofPhase === undefined) throw error;
  if (stopReasonOf(signal) === 'job-canceled') return canceledBeforeStart();
  if (signal.aborted) return stoppedIn(job.phase, error);
  const outcome = (isAppError(error) ? OUTCOME_OF_CODE[error.code] : undefined) ?? ofPhase;
  return ended({ outcome, errorCode: errorFields(error).code, reason: describeError(error) });
}

export function canceledBeforeStart(): JobChange {
  return ended({ outcome: 'canceled', reason: 'Canceled before it was started' });
}

/** What has only been prepared is gone on with after the next start. */
function stoppedIn(phase: JobPhase, error: unknown): JobChange {
  if (phase !== 'running') throw error;
  return ended({ outcome: 'interrupted', reason: 'The agent was stopped before the program had started' });
}

function ended(result: { outcome: JobOutcome; errorCode?: string; reason: string }): JobChange {
  return { phase: 'exited', result: { ...result, stdoutBytes: 0, stderrBytes: 0 } };
}
