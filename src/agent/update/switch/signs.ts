import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionsDirOf } from './versions-folder.ts';

/** Touched by a version on probation as long as its event loop turns. */
const ALIVE = 'alive';
/** Made by a version on probation that was asked to stop; holds its process ID. */
const STOPPING = 'stopping';

const NEVER = new Date(0);

/**
 * Before process `pid` is to give signs. That another one was asked to stop stays, for its guard may not have seen it yet; a process
 * that has become the next version has the ID of the one before.
 */
export function clearSigns(stateDir: string, pid: number): void {
  const dir = versionsDirOf(stateDir);
  if (isStopping(stateDir, pid)) rmSync(join(dir, STOPPING), { force: true });
  writeFileSync(join(dir, ALIVE), '', { mode: 0o600 });
  utimesSync(join(dir, ALIVE), NEVER, NEVER);
}

/** The file is there already, so that also on a full disk there is a sign. */
export function signalAlive(stateDir: string): void {
  const now = new Date();
  utimesSync(join(versionsDirOf(stateDir), ALIVE), now, now);
}

export function signalStopping(stateDir: string, pid: number): void {
  writeFileSync(join(versionsDirOf(stateDir), STOPPING), String(pid), { mode: 0o600 });
}

/** Changes with each sign of life; undefined before the first. */
export function lastAlive(stateDir: string): number | undefined {
  const stats = statSync(join(versionsDirOf(stateDir), ALIVE), { throwIfNoEntry: false });
  return stats === undefined || stats.mtimeMs === NEVER.getTime() ? undefined : stats.mtimeMs;
}

export function isStopping(stateDir: string, pid: number): boolean {
  try {
    return readFileSync(join(versionsDirOf(stateDir), STOPPING), 'utf8') === String(pid);
  } catch {
    return false; // nobody has asked it to
  }
}
