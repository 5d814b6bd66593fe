import { inspectArchive } from '../../lib/archive/archive.ts';
import { AppError } from '../../lib/errors.ts';
import { validateManifest } from '../../protocol/generated/manifest.js';
import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import type { Manifest } from '../../protocol/schemas/manifest.ts';
import { parseJson } from '../../protocol/validate.ts';

/** What the library says of an archive, and what its manifest must not contradict. */
export interface ArchiveClaim {
  readonly filename: string;
  readonly executor: string;
  readonly os: string;
  readonly timeoutSeconds?: number;
  /** Whatever the manifest says when absent. */
  readonly kind?: 'job' | UnitKind | undefined;
}

const MANIFEST = 'manifest.json';

/**
 * Makes sure that an endpoint will be able to use the archive: it can be read to its end, unpacks safely on every OS and
 * holds the file that the job runs. Returns its manifest, if it has one.
 * @throws AppError ARCHIVE_*, PROGRAM_MISSING or MANIFEST_INVALID
 */
export async function checkArchive(archivePath: string, claim: ArchiveClaim): Promise<Manifest | undefined> {
  const listing = await inspectArchive(archivePath, { archiveName: claim.filename });
  if (!listing.entries.some((entry) => entry.kind === 'file' && entry.name === claim.filename)) {
    throw new AppError(
      'PROGRAM_MISSING',
      `The archive does not contain "${claim.filename}" at its top; the job's file name must be the file to run`,
    );
  }
  const text = await listing.readText(MANIFEST);
  if (text === undefined) return undefined;
  const manifest = parseJson(validateManifest, text, `${MANIFEST} in the archive`, 'MANIFEST_INVALID');
  refuseContradiction(manifest, claim);
  return manifest;
}

function refuseContradiction(manifest: Manifest, claim: ArchiveClaim): void {
  for (const field of ['filename', 'executor', 'os', 'timeoutSeconds', 'kind'] as const) {
    const said = manifest[field];
    const claimed = claim[field];
    if (said === undefined || claimed === undefined || isSame(said, claimed)) continue;
    throw new AppError(
      'MANIFEST_INVALID',
      `${MANIFEST} says ${field} "${said}", but the job says "${claimed}"; make the two agree`,
    );
  }
}

/** Names of systems and executors are written in either case: "Linux" and "linux" do not contradict each other. */
function isSame(said: string | number, claimed: string | number): boolean {
  return String(said).toLowerCase() === String(claimed).toLowerCase();
}
