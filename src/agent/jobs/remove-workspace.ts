import { removeDir } from '../../lib/remove-dir.ts';
import type { Job, JobChange } from '../../store/agent/job-journal.ts';
import type { StepContext } from './step.ts';
import { workspaceOf } from './workspace.ts';

/** reported -> cleaned: what is left of the job is its row, by which a repeated push is known. */
export async function removeWorkspace(job: Job, { workDir }: StepContext): Promise<JobChange> {
  await removeDir(workspaceOf(workDir, job.jobID).dir);
  return { phase: 'cleaned' };
}
