import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { JobDeps } from './job-options.ts';
import type { Workspace } from './workspace.ts';

export interface JobCommand {
  /** The absolute path of the interpreter, or of the job's own file. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether the job's file is started itself, and so must be executable. */
  readonly isDirect: boolean;
}

/**
 * How a job's program is started on this host.
 * @throws AppError UNSUPPORTED or INTERPRETER_MISSING
 */
export function jobCommand(
  assignment: JobAssignment,
  workspace: Workspace,
  { platform, environment }: Pick<JobDeps, 'platform' | 'environment'>,
): JobCommand {
  const { executor, filename, argv = [] } = assignment;
  const how = platform.executor(executor);
  if (how === undefined) throw new AppError('UNSUPPORTED', `Executor "${executor}" does not exist here`);
  const filePath = join(workspace.filesDir, filename);
  const env = jobEnvironment(assignment, workspace, { platform, environment });
  if (how.programs.length === 0) return { command: filePath, args: argv, env, isDirect: true };
  for (const program of how.programs) {
    const command = platform.findProgram(program, env);
    if (command !== undefined)
      return { command, args: [...how.args, filePath, ...argv], env, isDirect: false };
  }
  const wanted = how.programs.map((program) => `"${program}"`).join(', ');
  throw new AppError(
    'INTERPRETER_MISSING',
    `Cannot run "${filename}": ${wanted} not found on this host's PATH (${env['PATH'] ?? 'not set'}); install it, or use another executor`,
  );
}

/** Only what programs cannot do without: the agent's own variables may hold what is no job's business. */
function jobEnvironment(
  { jobID }: JobAssignment,
  { mark }: Workspace,
  { platform, environment }: Pick<JobDeps, 'platform' | 'environment'>,
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { [mark.name]: mark.value, COMMANDER_JOB_ID: jobID };
  for (const name of platform.essentialEnvironment)
    if (environment[name] !== undefined) env[name] = environment[name];
  return env;
}
