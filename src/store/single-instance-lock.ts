import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../lib/errors.ts';
import { makePrivateDir } from '../lib/make-private-dir.ts';

/** Says that this process owns a folder. Held until `release`, or until the process dies: the operating system lets go of it then. */
export interface InstanceLock {
  release(): void;
}

export interface TakeLockOptions {
  /** For another process to let go of it. */
  readonly timeoutMs?: number;
}

/** Long enough to outlast somebody who only looks, see `isInstanceLockHeld`. */
const TAKE_TIMEOUT_MS = 250;

const SQLITE_BUSY = 5;

/**
 * Takes the lock; undefined when another process has it. An exclusive transaction on an empty SQLite file of its own is the
 * one lock that behaves alike on all our systems, leaves nothing behind after a crash and needs no native code.
 * @throws AppError STATE_UNWRITABLE
 */
export function takeInstanceLock(
  lockPath: string,
  { timeoutMs = TAKE_TIMEOUT_MS }: TakeLockOptions = {},
): InstanceLock | undefined {
  let db: DatabaseSync | undefined;
  try {
    makePrivateDir(dirname(lockPath));
    db = new DatabaseSync(lockPath, { timeout: timeoutMs });
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db?.close();
    if (isBusy(cause)) return undefined;
    throw new AppError(
      'STATE_UNWRITABLE',
      `Cannot lock "${lockPath}"; check that the folder belongs to this user and the disk is not full`,
      { cause },
    );
  }
  const held = db;
  return { release: () => held.close() };
}

/** Whether a process has the lock, without taking it. */
export function isInstanceLockHeld(lockPath: string): boolean {
  if (!existsSync(lockPath)) return false;
  const db = new DatabaseSync(lockPath, { readOnly: true, timeout: 0 });
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    db.close();
  }
}

function isBusy(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === SQLITE_BUSY;
}
