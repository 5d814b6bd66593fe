import { parseEpochTime } from '../../protocol/commander/times.ts';
import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { JobOrigin, PhaseTimes } from '../../protocol/schemas/job.ts';
import type { JobRecord, JobResultRecord } from '../../store/server/job-store.ts';

/** A job as admins see it. */
export function viewJob(job: JobRecord, hostname: string): JobView {
  const { jobID, agentID, assignment, state, createdAt, acceptedAt, finishedAt, result } = job;
  return withoutUnset<JobView>({
    jobID,
    agentID,
    hostname,
    filename: assignment.filename,
    executor: assignment.executor,
    argv: assignment.argv ?? [],
    user: assignment.user,
    ...viewOrigin(assignment.origin),
    state,
    createdAt: new Date(createdAt).toISOString(),
    acceptedAt: instant(acceptedAt),
    finishedAt: instant(finishedAt),
    ...(result === undefined ? {} : viewResult(result)),
  });
}

function viewOrigin(origin: JobOrigin | undefined): Pick<JobView, 'source' | 'origin'> {
  return origin === undefined ? {} : { source: 'task' in origin ? 'task' : 'update', origin };
}

function viewResult(result: JobResultRecord): { [Name in keyof JobView]?: JobView[Name] | undefined } {
  const { outcome, reason, exitCode, signal, phaseTimes, stdout, stderr, stdoutBytes, stderrBytes } = result;
  return {
    outcome,
    reason,
    exitCode,
    signal,
    startedAt: instant(reportedTime(result.timeStarted) ?? phaseTime(phaseTimes, 'running')),
    endedAt: instant(reportedTime(result.timeEnded) ?? phaseTime(phaseTimes, 'exited')),
    phaseTimes,
    stdout,
    stderr,
    stdoutBytes,
    stderrBytes,
  };
}

function reportedTime(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseEpochTime(text);
}

function phaseTime(times: PhaseTimes | undefined, phase: 'running' | 'exited'): number | undefined {
  const seconds = times?.[phase];
  return seconds === undefined ? undefined : seconds * 1000;
}

/** An agent may report any number as a time; one that no calendar has is left out. */
function instant(ms: number | undefined): string | undefined {
  const date = new Date(ms ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function withoutUnset<T extends object>(view: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined)) as T;
}
