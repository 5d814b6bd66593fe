import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../lib/errors.ts';
import { inTransaction } from '../in-transaction.ts';

/** One step of a schema. Append only: what has been released is never edited. */
export interface Migration {
  /** 1, 2, 3, … without gaps. */
  readonly version: number;
  /** Whether a program that does not know this step would misread or damage the result. */
  readonly breaking: boolean;
  readonly sql: string;
}

export interface MigrateOptions {
  readonly filePath: string;
  readonly holdBreaking?: boolean;
}

/**
 * Brings the database to the newest of `migrations`, all or nothing. A database that is already
 * ahead is left as it is, so that an older program can go on after a rollback, unless a step in between was breaking. As long
 * as such a rollback may come, `holdBreaking` ends before the first step that would be in its way; a new database needs none.
 * @throws AppError STATE_TOO_NEW
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[], options: MigrateOptions): void {
  // In one transaction, so that of two processes opening the same file only one migrates.
  inTransaction(db, () => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, breaking INTEGER NOT NULL) STRICT',
    );
    const current = currentVersion(db);
    refuseWhatIsTooNew(db, migrations.length, options.filePath);
    const holdBreaking = options.holdBreaking === true && current > 0;
    for (const step of migrations) {
      if (step.version <= current) continue;
      if (holdBreaking && step.breaking) break;
      apply(db, step);
    }
  });
}

function currentVersion(db: DatabaseSync): number {
  return Number(
    db.prepare('SELECT coalesce(max(version), 0) AS version FROM schema_migrations').get()?.['version'],
  );
}

function refuseWhatIsTooNew(db: DatabaseSync, known: number, filePath: string): void {
  const unreadable = db
    .prepare('SELECT version FROM schema_migrations WHERE version > ? AND breaking = 1 LIMIT 1')
    .get(known);
  if (unreadable === undefined) return;
  throw new AppError(
    'STATE_TOO_NEW',
    `"${filePath}" was written by a newer version of this program; run that version or a later one`,
  );
}

function apply(db: DatabaseSync, step: Migration): void {
  db.exec(step.sql);
  db.prepare('INSERT INTO schema_migrations (version, breaking) VALUES (?, ?)').run(
    step.version,
    Number(step.breaking),
  );
}
