import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** A write takes milliseconds; what was set aside longer ago than this belongs to a process that died. */
const LEFTOVER_AGE_MS = 60_000;

export interface AtomicWriteOptions {
  /** POSIX permission bits; ignored by Windows, where the folder's ACL decides. */
  mode: number;
}

/**
 * Replaces `filePath` so that after a crash at any moment it holds either the old or the new content, whole:
 * write aside, fsync the file, rename over, fsync the folder (without which the rename itself may be lost).
 * What a crash left aside is removed by a later write of the same file.
 */
export function writeFileAtomic(
  filePath: string,
  content: string | Uint8Array,
  options: AtomicWriteOptions,
): void {
  const asidePath = `${filePath}.${randomUUID()}.tmp`;
  try {
    writeAndSync(asidePath, Buffer.from(content), options.mode);
    renameSync(asidePath, filePath);
  } catch (error) {
    rmSync(asidePath, { force: true });
    throw error;
  }
  syncDir(dirname(filePath));
  removeLeftovers(filePath);
}

function removeLeftovers(filePath: string): void {
  const dir = dirname(filePath);
  for (const name of readdirSync(dir)) {
    if (!name.startsWith(`${basename(filePath)}.`) || !/\.[0-9a-f-]{36}\.tmp$/.test(name)) continue;
    const path = join(dir, name);
    const stats = statSync(path, { throwIfNoEntry: false }); // another process may have been faster
    if (stats !== undefined && Date.now() - stats.mtimeMs > LEFTOVER_AGE_MS) rmSync(path, { force: true });
  }
}

function writeAndSync(filePath: string, content: Uint8Array, mode: number): void {
  const fd = openSync(filePath, 'wx', mode);
  try {
    for (let done = 0; done < content.length;) done += writeSync(fd, content, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes what was renamed or made in a folder outlast a power cut, where the system can. */
export function syncDir(dir: string): void {
  let fd: number;
  try {
    fd = openSync(dir, 'r');
  } catch {
    return; // Windows cannot open a folder for fsync; NTFS journals the rename instead.
  }
  try {
    fsyncSync(fd);
  } catch {
    // Some file systems (network shares) refuse to fsync a folder; nothing better can be done there.
  } finally {
    closeSync(fd);
  }
}
