import type { LibraryEntry, LibraryUnit, UnitKind } from '../../protocol/schemas/admin/library.ts';
import { pickOne } from '../pick-one.ts';

/** An entry of the library that is a task or a service. */
export type UnitEntry = LibraryEntry & { readonly unit: LibraryUnit };

/** By its name or its file's, whole or by its beginning. @throws AppError LIBRARY_ENTRY_NOT_FOUND, USAGE */
export function findUnit(library: readonly LibraryEntry[], kind: UnitKind, text: string): UnitEntry {
  return pickOne(unitsOf(library, kind), text, {
    kind,
    notFound: 'LIBRARY_ENTRY_NOT_FOUND',
    namesOf: ({ unit, filename }) => [unit.name, filename],
  });
}

export function unitsOf(library: readonly LibraryEntry[], kind: UnitKind): UnitEntry[] {
  return library.filter((entry): entry is UnitEntry => entry.unit?.kind === kind);
}
