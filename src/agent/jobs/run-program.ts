import { chmod } from 'node:fs/promises';
import { runProcess, type ProcessResult } from '../../lib/process/run-process.ts';
import { stopReasonOf } from '../../lib/stopped.ts';
import type { Job, JobChange, JobResult } from '../../store/agent/job-journal.ts';
import { jobCommand } from './job-command.ts';
import { readManifest } from './manifest-check.ts';
import type { StepContext } from './step.ts';
import { workspaceOf } from './workspace.ts';

/** extracted -> running: all that can be known to fail does so here, so that `running` means a program. */
export async function prepareRun(job: Job, context: StepContext): Promise<JobChange> {
  const workspace = workspaceOf(context.workDir, job.jobID);
  const { isDirect, command } = jobCommand(job.assignment, workspace, context);
  // The original's archives promise no permission bits.
  if (isDirect) await chmod(command, 0o700);
  return { phase: 'running' };
}

/** running -> exited: on return nothing of the program's tree is left, and its output is on disk. */
export async function runProgram(job: Job, context: StepContext): Promise<JobChange> {
  const { platform, clock, limits, signal, log } = context;
  const workspace = workspaceOf(context.workDir, job.jobID);
  const timeoutMs = timeoutOf(job, workspace.filesDir) ?? limits.timeoutMs;
  const process = await runProcess({
    ...jobCommand(job.assignment, workspace, context),
    cwd: workspace.filesDir,
    ownGroup: platform.ownGroup,
    treeOf: (child) => platform.processTree({ child, mark: workspace.mark }),
    stdoutPath: workspace.stdoutPath,
    stderrPath: workspace.stderrPath,
    outputCapBytes: limits.outputBytes,
    timeoutMs,
    noOutputTimeoutMs: limits.noOutputTimeoutMs,
    endGraceMs: limits.endGraceMs,
    clock,
    signal,
  });
  if (process.survivors.length > 0)
    log.warn('job.survivors', 'Processes of the job would not end', { pids: process.survivors });
  if (process.outputProblem !== undefined)
    log.warn('job.output-lost', 'Some output could not be kept', { err: process.outputProblem });
  return { phase: 'exited', result: toResult(process, { ...limits, timeoutMs, signal }) };
}

function timeoutOf({ assignment }: Job, filesDir: string): number | undefined {
  const seconds = assignment.timeoutSeconds ?? readManifest(filesDir)?.timeoutSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

interface RunFacts {
  readonly timeoutMs: number;
  readonly noOutputTimeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

function toResult(process: ProcessResult, facts: RunFacts): JobResult {
  const { stdoutBytes, stderrBytes } = process;
  return { ...verdictOn(process, facts), stdoutBytes, stderrBytes };
}

function verdictOn(
  { ended, exitCode, signal: endedBy }: ProcessResult,
  { timeoutMs, noOutputTimeoutMs = 0, signal }: RunFacts,
): Omit<JobResult, 'stdoutBytes' | 'stderrBytes'> {
  switch (ended) {
    case 'exited':
      if (exitCode !== undefined) return { outcome: exitCode === 0 ? 'succeeded' : 'failed', exitCode };
      if (endedBy === undefined)
        return { outcome: 'failed', reason: 'It is not known how the program ended' };
      return { outcome: 'failed', signal: endedBy, reason: `The program was ended by signal ${endedBy}` };
    case 'timeout':
      return {
        outcome: 'timed-out',
        reason: `Ended after running for ${timeoutMs / 1000} s, its time limit`,
      };
    case 'no-output':
      return {
        outcome: 'timed-out',
        reason: `Ended after writing nothing for ${noOutputTimeoutMs / 1000} s`,
      };
    case 'stopped':
      return stopReasonOf(signal) === 'job-canceled' ? CANCELED : INTERRUPTED;
  }
}

const CANCELED = { outcome: 'canceled', reason: 'Canceled while it ran' } as const;
const INTERRUPTED = {
  outcome: 'interrupted',
  reason: 'The agent was stopped while the program ran',
} as const;
