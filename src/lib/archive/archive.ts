import { basename } from 'node:path';
import { AppError, isAppError } from '../errors.ts';
import { isAbortOf } from '../stopped.ts';
import type {
  ArchiveFormat,
  ArchiveLimits,
  ArchiveOs,
  Content,
  EntryKind,
  EntryVisitor,
} from './archive-types.ts';
import { detectFormat } from './detect-format.ts';
import { EntryGuard } from './entry-guard.ts';
import { FolderWriter } from './folder-writer.ts';
import { walkTar } from './walk-tar.ts';
import { walkZip } from './walk-zip.ts';

const EVERY_OS: readonly ArchiveOs[] = ['linux', 'darwin', 'win32'];

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  maxEntries: 10_000,
  maxTotalBytes: 1024 ** 3,
  maxFileBytes: 1024 ** 3,
  maxRatio: 200,
  maxPathBytes: 1024,
  maxDepth: 32,
};

export interface ArchiveOptions {
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
  /** What people call the archive, for sentences; its file name by default. */
  readonly archiveName?: string;
}

export interface ArchiveListing {
  readonly format: ArchiveFormat;
  readonly entries: readonly ArchiveEntry[];
  /** A file's text as UTF-8, or undefined when there is no such file; ARCHIVE_TOO_LARGE above `maxBytes`. */
  readText(path: string, maxBytes?: number): Promise<string | undefined>;
}

export interface ArchiveEntry {
  /** Relative, with `/` between its parts. */
  readonly name: string;
  readonly size: number;
  readonly kind: EntryKind;
}

/**
 * Reads an archive to its end without writing anything: what passes here unpacks on every OS (or on `oses`).
 * @throws AppError ARCHIVE_CORRUPT, ARCHIVE_UNSAFE or ARCHIVE_TOO_LARGE
 */
export async function inspectArchive(
  archivePath: string,
  options: ArchiveOptions & { readonly oses?: readonly ArchiveOs[] } = {},
): Promise<ArchiveListing> {
  const entries: ArchiveEntry[] = [];
  const format = await walk(archivePath, { oses: EVERY_OS, ...options }, async (entry, content) => {
    await drain(content);
    if (entry.path !== '') entries.push({ name: entry.path, size: entry.declaredBytes, kind: entry.kind });
  });
  return {
    format,
    entries,
    readText: async (path, maxBytes = 1024 ** 2) =>
      await readText(archivePath, path, { oses: EVERY_OS, ...options, maxBytes }),
  };
}

export interface ExtractOptions extends ArchiveOptions {
  /** Whose rules for names hold. */
  readonly os: ArchiveOs;
}

/**
 * Unpacks into `destDir`, which must not exist; it is removed again when anything is wrong. Files become private to the
 * user, and executable when they were.
 * @throws AppError ARCHIVE_CORRUPT, ARCHIVE_UNSAFE or ARCHIVE_TOO_LARGE, or STATE_UNWRITABLE
 */
export async function extractArchive(
  archivePath: string,
  destDir: string,
  options: ExtractOptions,
): Promise<void> {
  const writer = await FolderWriter.create(destDir);
  try {
    await walk(archivePath, { ...options, oses: [options.os] }, async (entry, content) => {
      await writer.write(entry, content);
    });
  } catch (error) {
    await writer.remove();
    throw error;
  }
}

type WalkSettings = ArchiveOptions & { readonly oses: readonly ArchiveOs[] };

async function walk(
  archivePath: string,
  settings: WalkSettings,
  visit: EntryVisitor,
): Promise<ArchiveFormat> {
  const { limits = DEFAULT_ARCHIVE_LIMITS, signal, archiveName = basename(archivePath), oses } = settings;
  try {
    const { format, archiveBytes } = await detectFormat(archivePath);
    const options = { guard: new EntryGuard({ archiveName, archiveBytes, limits, oses }), signal, visit };
    if (format === 'zip') await walkZip(archivePath, options);
    else if (format !== undefined) await walkTar(archivePath, { ...options, gzip: format === 'tar.gz' });
    else throw new Error('it is not a zip, tar or tar.gz archive');
    return format;
  } catch (cause) {
    if (isAppError(cause) || (signal !== undefined && isAbortOf(signal, cause))) throw cause;
    throw new AppError('ARCHIVE_CORRUPT', `Cannot unpack "${archiveName}"`, { cause });
  }
}

/** Reads content only for the checks that reading it makes. */
async function drain(content: Content): Promise<void> {
  const chunks = content[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}

async function readText(
  archivePath: string,
  wanted: string,
  settings: WalkSettings & { readonly maxBytes: number },
): Promise<string | undefined> {
  let text: string | undefined;
  await walk(archivePath, settings, async (entry, content) => {
    const isWanted = entry.path === wanted && entry.kind === 'file';
    if (isWanted && entry.declaredBytes > settings.maxBytes)
      throw new AppError(
        'ARCHIVE_TOO_LARGE',
        `"${wanted}" in the archive has more than ${settings.maxBytes} bytes`,
      );
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) if (isWanted) chunks.push(chunk);
    if (isWanted) text = Buffer.concat(chunks).toString('utf8');
  });
  return text;
}
