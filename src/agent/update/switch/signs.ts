import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionsDirOf } from './versions-folder.ts';

/** Touched by a version on probation as long as its event loop turns. */
const ALIVE = 'alive';
/** Touched by a version on probation that is checked in. */
const CHECKED_IN = 'checked-in';
/** Made by a version on probation that was asked to stop; holds its process ID. */
const STOPPING = 'stopping';

const NEVER = new Date(0);

/**
 * Before process `pid` is to give signs: makes the files for them, so that there is a sign on a full disk, too. That another one was
 * asked to stop stays, for its guard may not have seen it yet; a process that has become the next version has the ID of the one before.
 */
export function clearSigns(stateDir: string, pid: number): void {
  const dir = versionsDirOf(stateDir);
  if (isStopping(stateDir, pid)) rmSync(join(dir, STOPPING), { force: true });
  for (const sign of [ALIVE, CHECKED_IN]) {
    writeFileSync(join(dir, sign), '', { mode: 0o600 });
    utimesSync(join(dir, sign), NEVER, NEVER);
  }
}

export function signalAlive(stateDir: string): void {
  touch(ALIVE, stateDir);
}

export function signalCheckedIn(stateDir: string): void {
  touch(CHECKED_IN, stateDir);
}

export function signalStopping(stateDir: string, pid: number): void {
  writeFileSync(join(versionsDirOf(stateDir), STOPPING), String(pid), { mode: 0o600 });
}

/** Changes with each sign of life; undefined before the first. */
export function lastAlive(stateDir: string): number | undefined {
  return lastTouched(ALIVE, stateDir);
}

export function hasCheckedIn(stateDir: string): boolean {
  return lastTouched(CHECKED_IN, stateDir) !== undefined;
}

/** When a version on probation was last asked to stop, in milliseconds since the epoch; undefined when none was. */
export function lastStopped(stateDir: string): number | undefined {
  return lastTouched(STOPPING, stateDir);
}

export function isStopping(stateDir: string, pid: number): boolean {
  try {
    return readFileSync(join(versionsDirOf(stateDir), STOPPING), 'utf8') === String(pid);
  } catch {
    return false; // nobody has asked it to
  }
}

function touch(sign: string, stateDir: string): void {
  const now = new Date();
  utimesSync(join(versionsDirOf(stateDir), sign), now, now);
}

function lastTouched(sign: string, stateDir: string): number | undefined {
  const stats = statSync(join(versionsDirOf(stateDir), sign), { throwIfNoEntry: false });
  return stats === undefined || stats.mtimeMs === NEVER.getTime() ? undefined : stats.mtimeMs;
}
