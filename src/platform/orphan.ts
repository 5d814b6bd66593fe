import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import type { OsName, ProgramStart } from './platform.ts';

export interface OrphanOptions {
  readonly os: OsName;
  readonly environment: NodeJS.ProcessEnv;
}

/** The shell ends at once, and leaves what it has started to the system's first process. */
const LEAVE = '"$0" "$@" </dev/null >/dev/null 2>&1 &';

/**
 * Starts a program that is nobody's child, in a session of its own and without streams: whoever started it may then become another
 * program, which would not know what to do with a dead child.
 */
export function startOrphan({ command, args }: ProgramStart, { os, environment }: OrphanOptions): void {
  const options = { detached: true, stdio: 'ignore', env: environment } as const;
  if (os === 'win32') spawnDetached(command, args, options);
  else spawnSync('/bin/sh', ['-c', LEAVE, command, ...args], options);
}

/** As the shell does elsewhere, it says nothing of what cannot be started. */
function spawnDetached(command: string, args: readonly string[], options: SpawnOptions): void {
  try {
    const child = spawn(command, args, { ...options, windowsHide: true });
    child.on('error', () => undefined);
    child.unref();
  } catch {
    // for some errors of Windows there is not even a child
  }
}
