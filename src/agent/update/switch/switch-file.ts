import { readFileSync, renameSync } from 'node:fs';
import { writeFileAtomic } from '../../../lib/atomic-file.ts';
import { AppError, isAppError, systemErrorCode } from '../../../lib/errors.ts';
import { makePrivateDir } from '../../../lib/make-private-dir.ts';
import { parseJson } from '../../../protocol/validate.ts';
import { takeInstanceLock, type InstanceLock } from '../../../store/single-instance-lock.ts';
import { validateSwitchState } from './generated/schema.js';
import { initialState, type SwitchState } from './switch-state.ts';
import { switchLockPathOf, switchPathOf, versionsDirOf } from './versions-folder.ts';

/** Whose state, as which version. */
export interface SwitchPlace {
  readonly stateDir: string;
  /** What is installed, as long as nothing has been written. */
  readonly own: string;
}

/** A change takes as long as the disk does to write a small file. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Undefined before any update, and when the file is damaged: then the installed executable is what is left to go by, and the
 * file is set aside.
 * @throws AppError STATE_UNWRITABLE when it cannot be read
 */
export function loadSwitch(stateDir: string): SwitchState | undefined {
  const path = switchPathOf(stateDir);
  try {
    return parseJson(validateSwitchState, readFileSync(path, 'utf8'), `"${path}"`);
  } catch (cause) {
    if (isAppError(cause, 'MESSAGE_INVALID')) {
      setAside(path);
      return undefined;
    }
    if (systemErrorCode(cause) === 'ENOENT') return undefined;
    throw new AppError('STATE_UNWRITABLE', `Cannot read "${path}"`, { cause });
  }
}

export function stateOf({ stateDir, own }: SwitchPlace): SwitchState {
  return loadSwitch(stateDir) ?? initialState(own);
}

/**
 * Replaces the state by what `change` makes of it. The agent, its guard and people at the endpoint all change it, each in a process of
 * its own; here nobody comes in between. When `change` gives back what it was given, nothing is written.
 * @throws AppError STATE_UNWRITABLE
 */
export function changeSwitch(place: SwitchPlace, change: (state: SwitchState) => SwitchState): SwitchState {
  const lock = lockSwitch(place.stateDir);
  try {
    const before = stateOf(place);
    const after = change(before);
    if (after !== before) saveSwitch(place.stateDir, after);
    return after;
  } finally {
    lock.release();
  }
}

/** Let go of by the system when its process dies. */
function lockSwitch(stateDir: string): InstanceLock {
  const path = switchLockPathOf(stateDir);
  const unlocked = (why: string, cause?: unknown): AppError =>
    new AppError('STATE_UNWRITABLE', `Cannot lock "${path}": ${why}`, { cause, retryable: true });
  let lock: InstanceLock | undefined;
  try {
    lock = takeInstanceLock(path, { timeoutMs: LOCK_TIMEOUT_MS });
  } catch (cause) {
    throw unlocked('check that the folder belongs to this user and the disk is not full', cause);
  }
  if (lock === undefined) throw unlocked('another process has held it for too long; try again');
  return lock;
}

/** As it is, for whoever has the folder alone. Survives a power cut from when it returns. @throws AppError STATE_UNWRITABLE */
export function saveSwitch(stateDir: string, state: SwitchState): void {
  const path = switchPathOf(stateDir);
  try {
    makePrivateDir(versionsDirOf(stateDir));
    writeFileAtomic(path, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    const advice = 'check that the folder belongs to this user and the disk is not full';
    throw new AppError('STATE_UNWRITABLE', `Cannot write "${path}"; ${advice}`, { cause, retryable: true });
  }
}

function setAside(path: string): void {
  try {
    renameSync(path, `${path}.damaged`);
  } catch {
    // Whoever may only read finds it damaged again the next time, which is no worse.
  }
}
