import { AppError } from '../../lib/errors.ts';
import type { LibraryEntry } from '../../protocol/schemas/admin/library.ts';

/** By its whole file name. @throws AppError LIBRARY_ENTRY_NOT_FOUND */
export function findEntry(library: readonly LibraryEntry[], filename: string): LibraryEntry {
  const entry = library.find((candidate) => candidate.filename === filename);
  if (entry !== undefined) return entry;
  throw new AppError('LIBRARY_ENTRY_NOT_FOUND', `The library has no "${filename}"`);
}
