import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

export interface SearchPath {
  /** As in the PATH variable. */
  readonly path: string;
  readonly windows: boolean;
  /** Endings to try on Windows, as in PATHEXT. */
  readonly extensions?: string;
}

/**
 * The absolute path of `program` on the search path. Relative folders on it are passed over: they would make what runs
 * depend on the working folder, which is the job's.
 */
export function findProgram(program: string, search: SearchPath): string | undefined {
  for (const candidate of programCandidates(program, search)) if (isProgram(candidate)) return candidate;
  return undefined;
}

/** Where the program may be, in order. Pure. */
export function programCandidates(program: string, search: SearchPath): string[] {
  const { isAbsolute, join, delimiter } = search.windows ? win32 : posix;
  const folders = search.path
    .split(delimiter)
    .map((folder) => (search.windows ? folder.replaceAll('"', '') : folder))
    .filter(isAbsolute);
  return folders.flatMap((folder) => programNames(program, search).map((name) => join(folder, name)));
}

function programNames(program: string, search: SearchPath): string[] {
  if (!search.windows) return [program];
  const extensions = (search.extensions ?? '.COM;.EXE;.BAT;.CMD')
    .split(';')
    .filter((ending) => ending !== '');
  const hasExtension = extensions.some((ending) => program.toUpperCase().endsWith(ending.toUpperCase()));
  return hasExtension ? [program] : extensions.map((ending) => `${program}${ending}`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not for us: the search goes on
  }
}
