import { decodeOutput } from '../../lib/process/decode-output.ts';
import { readOutput } from '../../lib/process/read-output.ts';
import { formatEpochTime } from '../../protocol/commander/times.ts';
import type { JobReport, PhaseTimes, ResultDetail } from '../../protocol/schemas/job.ts';
import type { Job, JobResult } from '../../store/agent/job-journal.ts';
import type { JobDeps } from './job-options.ts';
import { workspaceOf } from './workspace.ts';

/** What the original takes in one body, in bytes of JSON, to the byte. */
export const LARGEST_REPORT_BYTES = 16 * 1024 ** 2;

export interface FinishedReport {
  readonly report: JobReport;
  readonly detail: ResultDetail;
}

/**
 * The report of a job that has exited, with as much of its output as fits: control characters take six bytes each in JSON,
 * so the size is measured, and less is taken until it does.
 */
export async function buildReport(
  job: Job,
  deps: Pick<JobDeps, 'workDir' | 'limits'>,
): Promise<FinishedReport> {
  for (let endBytes = deps.limits.reportedBytes; ; endBytes = Math.floor(endBytes / 2)) {
    const finished = await buildWith(job, deps, endBytes);
    if (endBytes === 0 || sizeOf(finished) <= LARGEST_REPORT_BYTES) return finished;
  }
}

function sizeOf({ report, detail }: FinishedReport): number {
  return Buffer.byteLength(JSON.stringify({ job: report, detail }));
}

async function buildWith(
  job: Job,
  { workDir, limits }: Pick<JobDeps, 'workDir' | 'limits'>,
  endBytes: number,
): Promise<FinishedReport> {
  const { stdoutPath, stderrPath } = workspaceOf(workDir, job.jobID);
  const result = job.result ?? { outcome: 'interrupted', stdoutBytes: 0, stderrBytes: 0 };
  const read = async (path: string, totalBytes: number): Promise<string> =>
    decodeOutput(await readOutput(path, { capBytes: limits.outputBytes, endBytes, totalBytes }));
  const stdout = await read(stdoutPath, result.stdoutBytes);
  const stderr = await read(stderrPath, result.stderrBytes);
  return { report: toReport(job, result, { stdout, stderr }), detail: toDetail(job, result) };
}

function toReport(
  { assignment, phaseTimes }: Job,
  result: JobResult,
  { stdout, stderr }: { stdout: string; stderr: string },
): JobReport {
  const { jobID, executor, filename, description = '', os = '', user, timeCreated, argv } = assignment;
  const { running, exited = 0 } = phaseTimes;
  return {
    // The original fails on a report without any of these.
    ...{ jobID, executor, filename, description, os },
    ...(user === undefined ? {} : { user }),
    ...(timeCreated === undefined ? {} : { timeCreated }),
    ...(argv === undefined ? {} : { argv }),
    ...(running === undefined ? {} : { timeStarted: formatEpochTime(running) }),
    timeEnded: formatEpochTime(exited),
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    stdout,
    stderr: withReason(stderr, result),
  };
}

/** The original shows nothing but the output, so there is the only place where its admins can learn why. */
function withReason(stderr: string, { exitCode, outcome, reason }: JobResult): string {
  if (exitCode !== undefined) return stderr;
  const gap = stderr === '' || stderr.endsWith('\n') ? '' : '\n';
  return `${stderr}${gap}commander-agent: ${outcome}: ${reason ?? 'no reason is known'}\n`;
}

function toDetail({ assignment: { origin }, phaseTimes }: Job, result: JobResult): ResultDetail {
  const { outcome, reason, errorCode, signal, stdoutBytes, stderrBytes } = result;
  return {
    ...(origin === undefined ? {} : { origin }),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(signal === undefined ? {} : { signal }),
    phaseTimes: inSeconds(phaseTimes),
    stdoutBytes,
    stderrBytes,
  };
}

function inSeconds({ accepted, fetched, extracted, running, exited }: Job['phaseTimes']): PhaseTimes {
  const known = Object.entries({ accepted, fetched, extracted, running, exited }).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  return Object.fromEntries(known.map(([phase, ms]) => [phase, ms / 1000]));
}
