import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../lib/errors.ts';
import type { OsName } from '../../../platform/platform.ts';
import type { SwitchState } from './schema.ts';

export function versionsDirOf(stateDir: string): string {
  return join(stateDir, 'versions');
}

/** Which of them is the current one; without it, the installed executable is. */
export function switchPathOf(stateDir: string): string {
  return join(versionsDirOf(stateDir), 'switch.json');
}

/** Held by whoever changes it. */
export function switchLockPathOf(stateDir: string): string {
  return join(versionsDirOf(stateDir), 'switch.lock');
}

/** Held by whoever watches over a version on probation. */
export function guardLockPathOf(stateDir: string): string {
  return join(versionsDirOf(stateDir), 'guard.lock');
}

/** Where a version that came by an update lies. */
export function executablePathOf(stateDir: string, version: string, { os }: { os: OsName }): string {
  const name = os === 'win32' ? 'commander-agent.exe' : 'commander-agent';
  return join(versionsDirOf(stateDir), version, name);
}

/** What is known of releases lies beside them. */
const VERSION_FOLDER = /^\d+\.\d+\.\d+/;

/** How a folder is removed. */
type Remove = (dir: string) => void;

/** Leaves of the folders of versions only those that may still be started. */
export function removeOtherVersions(
  stateDir: string,
  { current, previous, probation }: SwitchState,
  remove: Remove = removeFolder,
): void {
  const kept = [current, previous, probation?.from];
  for (const entry of foldersIn(versionsDirOf(stateDir)))
    if (VERSION_FOLDER.test(entry) && !kept.includes(entry))
      unlessInUse(() => remove(join(versionsDirOf(stateDir), entry)));
}

function removeFolder(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

/** Windows keeps the file of a program that runs, for instance of a service's shepherd; it goes when the next update ends. */
function unlessInUse(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!['EPERM', 'EBUSY', 'EACCES'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

function foldersIn(dir: string): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
