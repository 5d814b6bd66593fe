import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import { validateManifest } from '../../protocol/generated/manifest.js';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { Manifest } from '../../protocol/schemas/manifest.ts';
import { parseJson } from '../../protocol/validate.ts';

const MANIFEST_NAME = 'manifest.json';
const LARGEST_MANIFEST_BYTES = 1024 ** 2;

/**
 * What the archive says of itself; undefined when it says nothing.
 * @throws AppError MANIFEST_INVALID
 */
export function readManifest(filesDir: string): Manifest | undefined {
  const path = join(filesDir, MANIFEST_NAME);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile() || stats.size > LARGEST_MANIFEST_BYTES)
    throw new AppError(
      'MANIFEST_INVALID',
      `${MANIFEST_NAME} is not a file of at most ${LARGEST_MANIFEST_BYTES} bytes`,
    );
  // Windows editors begin a file with a mark that JSON does not know.
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  return parseJson(validateManifest, text, MANIFEST_NAME, 'MANIFEST_INVALID');
}

/** @throws AppError MANIFEST_INVALID when archive and job tell different stories */
export function requireAgreement(manifest: Manifest | undefined, assignment: JobAssignment): void {
  if (manifest === undefined) return;
  for (const field of ['executor', 'filename', 'os'] as const)
    requireSame(field, manifest[field], assignment[field]);
}

function requireSame(field: string, ofManifest: string | undefined, ofJob: string | undefined): void {
  if (ofManifest === undefined || ofJob === undefined) return;
  // Names of systems and executors are written in either case; a file's name is not.
  if (field === 'filename' ? ofManifest === ofJob : ofManifest.toLowerCase() === ofJob.toLowerCase()) return;
  throw new AppError(
    'MANIFEST_INVALID',
    `${MANIFEST_NAME} says ${field} "${ofManifest}", the job says "${ofJob}"; make the two agree`,
  );
}
