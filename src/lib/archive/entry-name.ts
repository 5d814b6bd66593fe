import type { ArchiveOs } from './archive-types.ts';

/** Names that Windows reads as devices in every folder, whatever their extension. The superscript digits count as digits there. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\..*)?$/i;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/**
 * What is wrong with an entry's name on `os`, as the end of a sentence about the entry; undefined when nothing is.
 * Pure: gives the same answer on every machine.
 */
export function checkEntryName(name: string, os: ArchiveOs): string | undefined {
  if (name === '') return 'has an empty name';
  if (CONTROL_CHARACTER.test(name)) return 'has a control character in its name';
  if (/^[/\\]/.test(name) || /^[A-Za-z]:/.test(name)) return 'has an absolute path';
  if (name.includes('\\')) return 'has a backslash in its name';
  for (const segment of entrySegments(name)) {
    const problem = segmentProblem(segment) ?? (os === 'win32' ? windowsProblem(segment) : undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The folders and the file that a name stands for; none for the archive's own top folder (`./`). */
export function entrySegments(name: string): string[] {
  const relative = name.replace(/^(\.\/)+/, '').replace(/\/$/, '');
  return relative === '' || relative === '.' ? [] : relative.split('/');
}

/** Two names with the same key are the same file on `os`. Folds more than any file system does, which only refuses more. */
export function collisionKey(path: string, os: ArchiveOs): string {
  return os === 'linux' ? path : path.normalize('NFKC').toUpperCase().toLowerCase();
}

/** Whether Windows would read `name`, in any folder, as something else than a file of that name. */
export function isReservedOnWindows(name: string): boolean {
  return windowsProblem(name) !== undefined;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '..') return 'would leave its folder';
  if (segment === '' || segment === '.') return 'has an empty or "." part in its path';
  if (Buffer.byteLength(segment) > 255) return 'has a part of more than 255 bytes in its path';
  return undefined;
}

function windowsProblem(segment: string): string | undefined {
  if (segment.includes(':')) return 'names a drive or an NTFS stream';
  if (/[<>"|?*]/.test(segment)) return 'has a character that Windows does not allow in names';
  if (/[. ]$/.test(segment)) return 'ends in a dot or a space, which Windows drops';
  // "nul .txt" and "nul.txt" alike: Windows drops the spaces before it compares.
  if (WINDOWS_DEVICE.test(segment.replace(/ +(?=\.|$)/, ''))) return 'has the name of a Windows device';
  return undefined;
}
