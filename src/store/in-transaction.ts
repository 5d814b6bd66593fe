import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one durable transaction; a throw undoes all of it. The write lock is taken first, so `work` cannot be the one that finds it busy. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has already rolled back when the disk is full or the file damaged.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
