import { mkdir } from 'node:fs/promises';
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
