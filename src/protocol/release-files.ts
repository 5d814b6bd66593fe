import type { TargetFile } from '@tufjs/models';
import { validateReleaseNote } from './generated/releases.js';
import type { ReleaseFile } from './schemas/releases.ts';

/** The executables among the targets of TUF metadata. */
export function releaseFilesIn(targets: Readonly<Record<string, TargetFile>>): ReleaseFile[] {
  return Object.values(targets).flatMap(({ length, hashes, custom }) =>
    validateReleaseNote(custom) ? [{ ...custom, size: length, sha256: hashes['sha256'] ?? '' }] : [],
  );
}
