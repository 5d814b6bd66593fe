import { execFile } from 'node:child_process';
import { AppError, systemErrorCode } from '../../lib/errors.ts';

export interface CommandOutcome {
  readonly code: number;
  /** Everything it said. */
  readonly output: string;
}

/** Runs a program of the system to its end, whatever its exit code. @throws AppError PROGRAM_MISSING */
export type RunCommand = (program: string, args: readonly string[]) => Promise<CommandOutcome>;

/** Longer than the agent is given to end its jobs, for stopping waits for that. */
const TIMEOUT_MS = 120_000;

export const runCommand: RunCommand = async (program, args) =>
  await new Promise((resolve, reject) => {
    execFile(program, args, { timeout: TIMEOUT_MS, windowsHide: true }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      if (error === null) resolve({ code: 0, output });
      else if (typeof error.code === 'number') resolve({ code: error.code, output });
      else reject(failedToRun(program, error));
    });
  });

/** As `run`, for what should not fail. @throws AppError SERVICE_MANAGER_FAILED with what the program said */
export async function mustRun(run: RunCommand, program: string, args: readonly string[]): Promise<string> {
  const { code, output } = await run(program, args);
  if (code === 0) return output;
  const said = output === '' ? '' : `: ${output.replaceAll(/\s+/g, ' ')}`;
  throw new AppError('SERVICE_MANAGER_FAILED', `"${[program, ...args].join(' ')}" ended with ${code}${said}`);
}

/** @throws AppError ADMIN_REQUIRED */
export function requireAdmin(isAdmin: boolean, how: string): void {
  if (!isAdmin) throw new AppError('ADMIN_REQUIRED', `Only an administrator can change services; ${how}`);
}

export function notInstalled(): AppError {
  return new AppError(
    'SERVICE_NOT_INSTALLED',
    'The service is not installed; install it with "commander-agent service install"',
  );
}

function failedToRun(program: string, cause: Error): AppError {
  return systemErrorCode(cause) === 'ENOENT'
    ? new AppError('PROGRAM_MISSING', `Cannot find "${program}" on this machine`, { cause })
    : new AppError('SERVICE_MANAGER_FAILED', `"${program}" did not come to an end`, { cause });
}
