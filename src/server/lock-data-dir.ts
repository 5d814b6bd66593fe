import { join } from 'node:path';
import { AppError } from '../lib/errors.ts';
import { takeInstanceLock, type InstanceLock } from '../store/single-instance-lock.ts';

/** Makes this process the only one that works on `dataDir`, until it releases the lock or ends. @throws AppError DATA_DIR_IN_USE */
export function lockDataDir(dataDir: string): InstanceLock {
  const lock = takeInstanceLock(join(dataDir, 'lock.db'));
  if (lock !== undefined) return lock;
  throw new AppError(
    'DATA_DIR_IN_USE',
    `Another server is running on "${dataDir}"; stop it, or give this one a folder of its own`,
  );
}
