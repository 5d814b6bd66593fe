import { createWriteStream, type Dirent, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../lib/errors.ts';

interface Source {
  readonly path: string;
  /** In the archive, with `/` between its parts. */
  readonly name: string;
  readonly stats: Stats;
}

/** Nothing but names, content and the executable bit reaches the archive, so that the same files give the same hash. */
const FIXED_TIME = new Date(1980, 0, 1);

/** Zips a folder's content, or a single file. @throws AppError ARCHIVE_UNSAFE when there is something that is neither file nor folder */
export async function pack(sourcePath: string, zipPath: string): Promise<void> {
  const { ZipFile } = await import('yazl');
  const zip = new ZipFile();
  for (const { path, name, stats } of await collectSources(sourcePath)) {
    const fixed = { mtime: FIXED_TIME, forceDosTimestamp: true };
    if (stats.isDirectory()) zip.addEmptyDirectory(name, { ...fixed, mode: 0o40755 });
    else zip.addFile(path, name, { ...fixed, mode: (stats.mode & 0o111) === 0 ? 0o100644 : 0o100755 });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(zipPath, { mode: 0o600 }));
}

async function collectSources(sourcePath: string): Promise<Source[]> {
  const stats = await stat(sourcePath);
  if (!stats.isDirectory()) return [{ path: sourcePath, name: basename(sourcePath), stats }];
  const entries = await readdir(sourcePath, { recursive: true, withFileTypes: true });
  const sources = await Promise.all(entries.map(async (entry) => await asSource(sourcePath, entry)));
  return sources.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function asSource(folder: string, entry: Dirent): Promise<Source> {
  const path = join(entry.parentPath, entry.name);
  const name = relative(folder, path).split(sep).join('/');
  if (entry.isFile() || entry.isDirectory()) return { path, name, stats: await stat(path) };
  throw new AppError('ARCHIVE_UNSAFE', `Cannot pack "${path}": only files and folders can be in an archive`);
}
