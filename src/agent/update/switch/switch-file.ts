import { readFileSync, renameSync } from 'node:fs';
import { writeFileAtomic } from '../../../lib/atomic-file.ts';
import { AppError, isAppError, systemErrorCode } from '../../../lib/errors.ts';
import { makePrivateDir } from '../../../lib/make-private-dir.ts';
import { parseJson } from '../../../protocol/validate.ts';
import { validateSwitchState } from './generated/schema.js';
import type { SwitchState } from './schema.ts';
import { switchPathOf, versionsDirOf } from './versions-folder.ts';

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

/** Survives a power cut from when it returns. @throws AppError STATE_UNWRITABLE */
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
