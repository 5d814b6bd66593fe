import { AppError } from '../../lib/errors.ts';
import type { Job } from '../../store/agent/job-journal.ts';
import type { JobDeps } from './job-options.ts';

/**
 * Whether this host may and can run the job at all, whatever its archive holds.
 * @throws AppError EXECUTOR_NOT_ALLOWED, UNSUPPORTED or NAME_INVALID
 */
export function requireAllowed(
  { assignment }: Job,
  { platform, policy }: Pick<JobDeps, 'platform' | 'policy'>,
): void {
  const { executor, filename } = assignment;
  if (policy.allowedExecutors?.includes(executor) === false)
    throw new AppError(
      'EXECUTOR_NOT_ALLOWED',
      `Executor "${executor}" is not allowed on this host; its owner can add it to the allowed executors`,
    );
  if (platform.executor(executor) === undefined)
    throw new AppError(
      'UNSUPPORTED',
      `Executor "${executor}" does not exist on ${platform.osLabel}; use another one`,
    );
  for (const name of [filename, assignment.jobID])
    if (platform.isReservedName(name))
      throw new AppError('NAME_INVALID', `"${name}" is not a file name on ${platform.osLabel}; rename it`);
}
