import { AppError } from '../../lib/errors.ts';
import type { LibraryUnit } from '../../protocol/schemas/admin/library.ts';
import { fromRow, type Row } from '../row.ts';
import type { LibraryRecord, LibraryStore } from './library-store.ts';
import type { ServerDatabase } from './server-database.ts';

export class SqliteLibraryStore implements LibraryStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add(entry: LibraryRecord): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        INSERT INTO library (filename, jobID, executor, description, os, user, createdAt, sha256, size, timeoutSeconds, unit)
        VALUES (
          ${entry.filename}, ${entry.jobID}, ${entry.executor}, ${entry.description}, ${entry.os}, ${entry.user},
          ${entry.createdAt}, ${entry.sha256}, ${entry.size}, ${entry.timeoutSeconds ?? null},
          ${jsonOf(entry.unit)}
        )
        ON CONFLICT DO NOTHING`;
      if (changes === 0) throw exists(entry);
    });
  }

  get(filename: string): Promise<LibraryRecord | undefined> {
    return this.#database.read((sql) => {
      const row = sql.get`SELECT * FROM library WHERE filename = ${filename}`;
      return row === undefined ? undefined : toRecord(row);
    });
  }

  list(): Promise<LibraryRecord[]> {
    return this.#database.read((sql) => sql.all`SELECT * FROM library ORDER BY rowid`.map(toRecord));
  }

  update(filename: string, change: Parameters<LibraryStore['update']>[1]): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        UPDATE OR IGNORE library SET
          description = coalesce(${change.description ?? null}, description),
          sha256 = coalesce(${change.sha256 ?? null}, sha256),
          size = coalesce(${change.size ?? null}, size),
          user = coalesce(${change.user ?? null}, user),
          createdAt = coalesce(${change.createdAt ?? null}, createdAt),
          unit = coalesce(${jsonOf(change.unit)}, unit)
        WHERE filename = ${filename}`;
      if (changes > 0) return;
      const isThere = sql.get`SELECT 1 FROM library WHERE filename = ${filename}` !== undefined;
      throw isThere ? exists({ ...change, filename }) : notFound(filename);
    });
  }

  remove(filename: string): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`DELETE FROM library WHERE filename = ${filename}`;
      if (changes === 0) throw notFound(filename);
    });
  }
}

function toRecord(row: Row): LibraryRecord {
  const { unit, ...record } = fromRow(row) as Omit<LibraryRecord, 'unit'> & { unit?: string };
  return unit === undefined ? record : { ...record, unit: JSON.parse(unit) as LibraryUnit };
}

function jsonOf(unit: LibraryUnit | undefined): string | null {
  return unit === undefined ? null : JSON.stringify(unit);
}

function exists({ filename, unit }: Pick<LibraryRecord, 'filename' | 'unit'>): AppError {
  const names = unit === undefined ? `"${filename}"` : `"${filename}", or one whose unit is "${unit.name}",`;
  return new AppError('LIBRARY_ENTRY_EXISTS', `The library has an entry ${names} already`);
}

function notFound(filename: string): AppError {
  return new AppError('LIBRARY_ENTRY_NOT_FOUND', `The library has no entry "${filename}"`);
}
