import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inspectArchive, type ArchiveListing } from '../../lib/archive/archive.ts';
import { detectFormat } from '../../lib/archive/detect-format.ts';
import { defined } from '../../lib/defined.ts';
import { AppError } from '../../lib/errors.ts';
import { validateManifest } from '../../protocol/generated/manifest.js';
import { unitOf } from '../../protocol/library-unit.ts';
import type { LibraryUpload } from '../../protocol/schemas/admin/library.ts';
import type { Manifest } from '../../protocol/schemas/manifest.ts';
import { parseJson } from '../../protocol/validate.ts';
import { guessExecutor } from './guess-executor.ts';
import { pack } from './pack.ts';
import type { UnitFlags } from './unit-options.ts';
import { overlayRules } from './unit-rules.ts';

/**
 * Gives `use` an archive made of what the admin named: an archive as it is, a folder or a single file zipped.
 * @throws AppError ARCHIVE_CORRUPT when there is nothing to read, ARCHIVE_UNSAFE
 */
export async function withArchive<T>(
  sourcePath: string,
  use: (archivePath: string) => Promise<T>,
): Promise<T> {
  if (await isArchive(sourcePath)) return await use(sourcePath);
  const workDir = await mkdtemp(join(tmpdir(), 'commander-library-'));
  try {
    const zipPath = join(workDir, `${basename(sourcePath)}.zip`);
    await pack(sourcePath, zipPath);
    return await use(zipPath);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function isArchive(sourcePath: string): Promise<boolean> {
  if (await hasArchiveContent(sourcePath)) return true;
  if (!/\.(zip|tar|tgz|tar\.gz)$/i.test(sourcePath)) return false;
  throw new AppError(
    'ARCHIVE_CORRUPT',
    `"${sourcePath}" is not an archive, whatever its name says; make it again`,
  );
}

async function hasArchiveContent(sourcePath: string): Promise<boolean> {
  try {
    if ((await stat(sourcePath)).isDirectory()) return false;
    return (await detectFormat(sourcePath)).format !== undefined;
  } catch (cause) {
    throw new AppError('ARCHIVE_CORRUPT', `Cannot read "${sourcePath}"`, { cause });
  }
}

const MANIFEST = 'manifest.json';

/** What the admin says of an archive. */
export interface GivenEntry extends Partial<Omit<LibraryUpload, 'unit'>> {
  readonly unit?: UnitFlags;
  /** For the program of a task or a service. */
  readonly argv?: readonly string[];
}

/**
 * What the library is to say of the archive: what was given, else what its manifest says, else what can be told from the
 * program itself. @throws AppError USAGE naming the flag that is needed, and ARCHIVE_*, MANIFEST_INVALID, NAME_INVALID, PROGRAM_MISSING
 */
export async function describeArchive(archivePath: string, given: GivenEntry): Promise<LibraryUpload> {
  const listing = await inspectArchive(archivePath);
  const manifest = await readManifest(listing);
  const filename = given.filename ?? manifest.filename ?? onlyProgram(listing);
  if (!validateManifest({ filename })) {
    throw new AppError(
      'NAME_INVALID',
      `"${filename}" is not a plain file name; give the name alone, without a folder`,
    );
  }
  const content = await listing.readText(filename, Infinity);
  if (content === undefined) {
    throw new AppError('PROGRAM_MISSING', `"${filename}" is not at the top of the archive`);
  }
  const guess = guessExecutor(filename, content);
  const executor = given.executor ?? manifest.executor ?? guess?.executor;
  if (executor === undefined) {
    throw new AppError(
      'USAGE',
      `Cannot tell how to run "${filename}"; say it with --executor (bash, python, binary, …)`,
    );
  }
  const timeoutSeconds = given.timeoutSeconds ?? manifest.timeoutSeconds;
  const unit = unitOf(overlayRules(manifest, given.unit ?? {}, given.argv), filename);
  return {
    filename,
    executor,
    description: given.description ?? manifest.description ?? '',
    os: given.os ?? manifest.os ?? guess?.os ?? 'any',
    ...defined({ timeoutSeconds, unit }),
  };
}

async function readManifest(listing: ArchiveListing): Promise<Manifest> {
  const text = await listing.readText(MANIFEST);
  return text === undefined ? {} : parseJson(validateManifest, text, MANIFEST, 'MANIFEST_INVALID');
}

/** With a single file at the top there is nothing to choose from. */
function onlyProgram({ entries }: ArchiveListing): string {
  const names = entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const candidates = names.filter((name) => !name.includes('/') && name !== MANIFEST);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const among = candidates.length === 0 ? 'there is none at its top' : `there are ${candidates.join(', ')}`;
  throw new AppError(
    'USAGE',
    `Cannot tell which file of the archive to run (${among}); say it with --filename`,
  );
}
