import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemErrorCode } from './errors.ts';

/**
 * Makes `dir` and what is missing above it, each for this user only; one that exists is left as it is.
 * Not by Node's `recursive` option: that asks for ever where a file system (procfs) says ENOENT to every new folder.
 */
export function makePrivateDir(dir: string): void {
  if (make(dir) !== 'parent-missing') return;
  makePrivateDir(dirname(dir));
  mkdirSync(dir, { mode: 0o700 });
}

function make(dir: string): 'there' | 'parent-missing' {
  try {
    mkdirSync(dir, { mode: 0o700 });
    return 'there';
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' && !isDir(dirname(dir))) return 'parent-missing';
    // Windows says EPERM of a drive's root, and a read-only file system EROFS, of folders that are there.
    if (isDir(dir)) return 'there';
    throw error;
  }
}

function isDir(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
