import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../lib/errors.ts';
import type { OsName } from './platform.ts';

export interface ProcessImage {
  readonly path: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Goes on as another program, with this one's standard streams. Where the system has it, in this very process, and then it does not
 * return; else this process waits and gives back the exit code. `onPid` is told which process it is going to be, or is.
 * @throws AppError SPAWN_FAILED when it cannot be started; then nothing has changed
 */
export type Become = (image: ProcessImage, onPid?: (pid: number) => Promise<void>) => Promise<number>;

export function becomeOn(os: OsName): Become {
  return os === 'win32' ? becomeByChild : becomeInPlace;
}

/** Process ID, parent and controlling terminal stay, so neither systemd nor launchd nor a shell notices. */
const becomeInPlace: Become = async ({ path, args, environment }, onPid) => {
  await onPid?.(process.pid);
  try {
    return execve(path, [path, ...args], environment);
  } catch (cause) {
    throw cannotStart(path, cause);
  }
};

function execve(path: string, argv: string[], environment: NodeJS.ProcessEnv): never {
  if (process.execve === undefined) throw new Error('This build cannot replace itself');
  return process.execve(path, argv, environment);
}

const becomeByChild: Become = async (image, onPid) => {
  const child = await startProgram(image, ['inherit', 'inherit', 'inherit']);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  if (child.pid !== undefined) await onPid?.(child.pid);
  const [exitCode] = await exited;
  return exitCode ?? 1;
};

/** @throws AppError SPAWN_FAILED */
export async function startProgram(
  { path, args, environment }: ProcessImage,
  stdio: ('inherit' | 'ipc')[],
): Promise<ChildProcess> {
  try {
    const child = spawn(path, args, { env: environment, stdio }); // throws by itself when Windows sees no program in it
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw cannotStart(path, cause);
  }
}

function cannotStart(path: string, cause: unknown): AppError {
  return new AppError('SPAWN_FAILED', `Cannot start "${path}"`, { cause });
}
