import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import type { TreeMark } from '../../platform/platform.ts';

/** The folder that belongs to one job alone, from fetch to clean. */
export interface Workspace {
  readonly dir: string;
  readonly archivePath: string;
  /** What the archive held; the program's working folder. */
  readonly filesDir: string;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** By which the job's processes are recognised: a folder is one job's, where two agents may share a jobID. */
  readonly mark: TreeMark;
}

export function workspaceOf(workDir: string, jobID: string): Workspace {
  const dir = join(workDir, jobID);
  return {
    dir,
    archivePath: join(dir, 'archive'),
    filesDir: join(dir, 'files'),
    stdoutPath: join(dir, 'stdout'),
    stderrPath: join(dir, 'stderr'),
    mark: { name: 'COMMANDER_JOB', value: dir },
  };
}

/** @throws AppError STATE_UNWRITABLE, retryable */
export async function makeWorkspace({ dir }: Workspace): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot make the folder "${dir}"`, { cause, retryable: true });
  }
}

/** Removes a folder with all that a program may have put there, read-only folders (of package caches, say) included. */
export async function removeDir(dir: string): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await makeRemovable(dir);
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function makeRemovable(dir: string): Promise<void> {
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir, { withFileTypes: true }))
    if (entry.isDirectory()) await makeRemovable(join(dir, entry.name));
}
