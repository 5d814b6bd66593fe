import { programCommand, type ProgramCommand } from '../../platform/program-command.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { JobDeps } from './job-options.ts';
import type { Workspace } from './workspace.ts';

/**
 * How a job's program is started on this host.
 * @throws AppError UNSUPPORTED or INTERPRETER_MISSING
 */
export function jobCommand(
  assignment: JobAssignment,
  { filesDir, mark }: Workspace,
  { platform, environment }: Pick<JobDeps, 'platform' | 'environment'>,
): ProgramCommand {
  const variables = { [mark.name]: mark.value, COMMANDER_JOB_ID: assignment.jobID };
  return programCommand(assignment, { filesDir, environment, variables }, platform);
}
