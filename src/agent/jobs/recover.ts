import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import { readOutput } from '../../lib/process/read-output.ts';
import { removeDir } from '../../lib/remove-dir.ts';
import type { Job, JobPhase, JobResult } from '../../store/agent/job-journal.ts';
import type { JobDeps } from './job-options.ts';
import { pruneJournal } from './prune-journal.ts';
import { runsProgram } from './runs-program.ts';
import { workspaceOf, type Workspace } from './workspace.ts';

const KILL_DEADLINE_MS = 5_000;
const REASON = 'The agent ended while the program ran; whether the program had finished is not known';

/**
 * Settles what an earlier process of the agent left behind, before anything is started. A program that was running is never
 * run again: what remains of it is ended, and it is reported as interrupted. What had only been fetched or unpacked goes
 * through that again, for after a power cut the disk need not hold what the journal says; a whole archive is not sent twice.
 */
export async function recover(deps: JobDeps): Promise<void> {
  await makeWorkDir(deps);
  const jobs = deps.journal.active();
  for (const job of jobs.filter(runsProgram)) await SETTLE[job.phase]?.(job, deps);
  await removeOrphans(new Set(jobs.map(({ jobID }) => jobID)), deps);
  pruneJournal(deps);
}

const SETTLE: Partial<Record<JobPhase, (job: Job, deps: JobDeps) => unknown>> = {
  fetched: (job, { journal }) => journal.startOver(job),
  extracted: (job, { journal }) => journal.startOver(job),
  running: interrupt,
};

async function interrupt(job: Job, deps: JobDeps): Promise<void> {
  const workspace = workspaceOf(deps.workDir, job.jobID);
  const { survivors } = await deps.platform.processTree({ mark: workspace.mark }).kill(KILL_DEADLINE_MS);
  const result = {
    outcome: 'interrupted',
    reason: REASON,
    ...(await outputBytes(workspace, deps)),
  } satisfies JobResult;
  deps.journal.commit(job, { phase: 'exited', result });
  deps.log.warn('job.interrupted', 'A job was running when the agent ended', { jobID: job.jobID, survivors });
}

/** The counts were lost with the process; what is on disk is at least this much. */
async function outputBytes(
  { stdoutPath, stderrPath }: Workspace,
  { limits }: JobDeps,
): Promise<{ stdoutBytes: number; stderrBytes: number }> {
  const ask = { capBytes: limits.outputBytes, endBytes: 0 };
  const [stdout, stderr] = [await readOutput(stdoutPath, ask), await readOutput(stderrPath, ask)];
  return { stdoutBytes: stdout.totalBytes, stderrBytes: stderr.totalBytes };
}

async function makeWorkDir({ workDir, platform }: JobDeps): Promise<void> {
  try {
    await mkdir(workDir, { recursive: true });
    platform.makePrivateDir(workDir);
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot make "${workDir}" a private folder`, { cause });
  }
}

/** Folders of jobs that are over, left by a crash between the removal and its record. */
async function removeOrphans(activeJobIDs: ReadonlySet<string>, { workDir, log }: JobDeps): Promise<void> {
  for (const name of await readdir(workDir)) {
    if (activeJobIDs.has(name)) continue;
    try {
      await removeDir(join(workDir, name));
      log.info('job.orphan-removed', 'A folder that belongs to no job was removed', { name });
    } catch (error) {
      log.warn('job.orphan-left', 'A folder that belongs to no job cannot be removed', { name, err: error });
    }
  }
}
