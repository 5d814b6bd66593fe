import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { AppError, systemErrorCode } from '../errors.ts';
import type { Clock } from '../clock.ts';

const BUSY_FILE_ATTEMPTS = 10;
const BUSY_FILE_WAIT_MS = 10;

export interface StartOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of the environment: nothing of ours is added. */
  readonly env: NodeJS.ProcessEnv;
  /** What puts a child at the head of its own group here. */
  readonly ownGroup: Pick<SpawnOptions, 'detached' | 'windowsHide'>;
}

/**
 * Starts a program with nothing to read and pipes for its output.
 * @throws AppError SPAWN_FAILED
 */
export async function startChild(options: StartOptions & { readonly clock: Clock }): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await spawnOnce(options);
    } catch (cause) {
      // Another child that was forked while this file was being written has it open until its own exec, a moment later.
      if (systemErrorCode(cause) === 'ETXTBSY' && attempt < BUSY_FILE_ATTEMPTS)
        await options.clock.sleep(BUSY_FILE_WAIT_MS);
      else throw new AppError('SPAWN_FAILED', `Cannot start "${options.command}"`, { cause });
    }
  }
}

async function spawnOnce({ command, args, cwd, env, ownGroup }: StartOptions): Promise<ChildProcess> {
  const { default: spawn } = await import('cross-spawn');
  const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], ...ownGroup });
  await once(child, 'spawn');
  return child;
}
