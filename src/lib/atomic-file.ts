import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';

export interface AtomicWriteOptions {
  /** POSIX permission bits; ignored by Windows, where the folder's ACL decides. */
  mode: number;
}

/**
 * Replaces `filePath` so that after a crash at any moment it holds either the old or the new content, whole:
 * write aside, fsync the file, rename over, fsync the folder (without which the rename itself may be lost).
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

function syncDir(dir: string): void {
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
