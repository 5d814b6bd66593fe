import { Backoff } from '../../lib/backoff.ts';
import { isAppError } from '../../lib/errors.ts';
import type { PhaseFrame } from '../../protocol/schemas/frames.ts';
import type { Job, JobChange, JobPhase } from '../../store/agent/job-journal.ts';
import { extractArchive } from './extract-archive.ts';
import { fetchArchive } from './fetch-archive.ts';
import { failureOf, canceledBeforeStart } from './job-failure.ts';
import { removeWorkspace } from './remove-workspace.ts';
import { prepareRun, runProgram } from './run-program.ts';
import { sendReport } from './send-report.ts';
import type { ActiveJob, ActivePhase, Step, StepContext } from './step.ts';

/** A job's one way. Each step's change is committed before the next is chosen. */
const STEPS = {
  accepted: fetchArchive, // -> fetched
  fetched: extractArchive, // -> extracted
  extracted: prepareRun, // -> running, committed before there is a process
  running: runProgram, // -> exited
  exited: sendReport, // -> reported
  reported: removeWorkspace, // -> cleaned
} satisfies Record<ActivePhase, Step>;

const ANNOUNCED: readonly JobPhase[] = ['fetched', 'extracted', 'running', 'exited'];

const FIRST_COMMIT_WAIT_MS = 100;
const LONGEST_COMMIT_WAIT_MS = 30_000;

/** Takes a job one phase further; durable when it resolves. Work that fails is an outcome; reporting and cleaning throw. */
export async function advance(job: ActiveJob, context: StepContext): Promise<Job> {
  const change = await attempt(job, context);
  const next = await commit(job, change, context);
  context.log.info(`job.${next.phase}`, 'A job moved on', next.phase === 'exited' ? { ...next.result } : {});
  if (isAnnounced(next.phase)) context.server.announcePhase(job.jobID, next.phase);
  return next;
}

async function attempt(job: ActiveJob, context: StepContext): Promise<JobChange> {
  if (job.cancelRequested && job.phase !== 'exited' && job.phase !== 'reported') return canceledBeforeStart();
  try {
    return await STEPS[job.phase](job, context);
  } catch (error) {
    return failureOf(job, error, context.signal);
  }
}

/** A full disk stops nobody but this job, and only until there is room again: it must not lose what has been done. */
async function commit(job: Job, change: JobChange, context: StepContext): Promise<Job> {
  const { clock, random, stopping } = context;
  const backoff = new Backoff({ baseMs: FIRST_COMMIT_WAIT_MS, capMs: LONGEST_COMMIT_WAIT_MS, clock, random });
  for (;;) {
    try {
      return context.journal.commit(job, change);
    } catch (error) {
      if (!isAppError(error) || !error.retryable || stopping.aborted) throw error;
      context.log.error('job.commit-failed', 'The journal cannot be written; trying again', { err: error });
      await backoff.wait(stopping);
    }
  }
}

function isAnnounced(phase: JobPhase): phase is PhaseFrame['phase'] {
  return ANNOUNCED.includes(phase);
}

export function isActive(job: Job): job is ActiveJob {
  return job.phase !== 'cleaned';
}
