import { statfs } from 'node:fs/promises';
import { AppError, systemErrorCode } from '../../../lib/errors.ts';

export interface SpaceNeeded {
  readonly dir: string;
  readonly bytes: number;
  /** Bytes that whoever runs this may still write there. */
  readonly freeBytes?: (dir: string) => Promise<number>;
}

/** For the state database, logs and jobs, which must go on meanwhile. */
const MARGIN_BYTES = 64 * 1024 * 1024;

/** @throws AppError DISK_FULL, before anything was written */
export async function requireSpace({ dir, bytes, freeBytes = askSystem }: SpaceNeeded): Promise<void> {
  if (bytes === 0) return;
  const free = await freeBytes(dir);
  if (free >= bytes + MARGIN_BYTES) return;
  const mib = (count: number): string => `${Math.ceil(count / 1024 / 1024)} MiB`;
  throw new AppError(
    'DISK_FULL',
    `Only ${mib(free)} are free in "${dir}", and ${mib(bytes + MARGIN_BYTES)} are needed`,
    { retryable: true },
  );
}

async function askSystem(dir: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOSYS') return Infinity; // then a full disk is noticed by writing to it
    throw new AppError('STATE_UNWRITABLE', `Cannot look at the disk of "${dir}"`, { cause, retryable: true });
  }
}
