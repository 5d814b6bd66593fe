import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../lib/errors.ts';
import { makePrivateDir } from '../lib/make-private-dir.ts';
import { migrate, type MigrateOptions, type Migration } from './migrations/migrate.ts';

/** How long a statement waits for another process (a backup, say) to let go of the file. */
const BUSY_TIMEOUT_MS = 5_000;

// https://www.sqlite.org/rescode.html
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * Opens the database, makes it (and its folder, both private) if there is none, and brings it to the newest schema.
 * What is committed survives a power cut.
 * @throws AppError STATE_UNWRITABLE, STATE_CORRUPT or STATE_TOO_NEW
 */
export function openDatabase(
  filePath: string,
  migrations: readonly Migration[],
  options: Pick<MigrateOptions, 'holdBreaking'> = {},
): DatabaseSync {
  try {
    makePrivateFile(filePath);
    return openAndMigrate(migrations, { filePath, ...options });
  } catch (error) {
    throw explain(error, filePath);
  }
}

function makePrivateFile(filePath: string): void {
  makePrivateDir(dirname(filePath));
  // SQLite would make it readable to others; its -wal and -shm files take over the mode of this one.
  closeSync(openSync(filePath, 'a', 0o600));
}

function openAndMigrate(migrations: readonly Migration[], options: MigrateOptions): DatabaseSync {
  const db = new DatabaseSync(options.filePath, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
  });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    migrate(db, migrations, options);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function explain(cause: unknown, filePath: string): AppError {
  if (cause instanceof AppError) return cause;
  const resultCode = (cause as { errcode?: number }).errcode;
  if (resultCode === SQLITE_CORRUPT || resultCode === SQLITE_NOTADB) {
    return new AppError(
      'STATE_CORRUPT',
      `"${filePath}" is damaged or not a database; restore it from a backup, or move it away to start afresh`,
      { cause },
    );
  }
  return new AppError(
    'STATE_UNWRITABLE',
    `Cannot write "${filePath}"; check that the folder belongs to this user and the disk is not full`,
    { cause },
  );
}
