import { statSync } from 'node:fs';
import { join } from 'node:path';
import { extractArchive as unpack } from '../../lib/archive/archive.ts';
import { AppError } from '../../lib/errors.ts';
import { removeDir } from '../../lib/remove-dir.ts';
import type { Job, JobChange } from '../../store/agent/job-journal.ts';
import { readManifest, requireAgreement } from './manifest-check.ts';
import type { StepContext } from './step.ts';
import { workspaceOf } from './workspace.ts';

/** fetched -> extracted: the archive is unpacked, and is what the job says it is. */
export async function extractArchive(job: Job, context: StepContext): Promise<JobChange> {
  const { platform, limits, signal, workDir } = context;
  const { archivePath, filesDir } = workspaceOf(workDir, job.jobID);
  const { filename } = job.assignment;
  await removeDir(filesDir);
  await unpack(archivePath, filesDir, {
    os: platform.os,
    limits: limits.archive,
    signal,
    archiveName: filename,
  });
  requireAgreement(readManifest(filesDir), job.assignment);
  requireProgram(filesDir, filename);
  return { phase: 'extracted' };
}

function requireProgram(filesDir: string, filename: string): void {
  if (statSync(join(filesDir, filename), { throwIfNoEntry: false })?.isFile() === true) return;
  throw new AppError(
    'PROGRAM_MISSING',
    `The archive does not hold "${filename}" at its top; upload one that does`,
  );
}
