import type { DatabaseSync, SQLTagStore } from 'node:sqlite';
import { inTransaction } from '../in-transaction.ts';
import { SERVER_MIGRATIONS } from '../migrations/server-migrations.ts';
import { openDatabase } from '../open-database.ts';

type Work<T> = (sql: SQLTagStore, db: DatabaseSync) => T;

/**
 * The one connection behind all of the server's stores. The statements of one `work` run without interruption; a store's
 * method is one `read` or one `write`. Asynchronous to callers, so that another engine can take its place.
 */
export class ServerDatabase {
  readonly #db: DatabaseSync;
  /** Keeps each statement prepared. */
  readonly #sql: SQLTagStore;

  /** @throws AppError STATE_UNWRITABLE, STATE_CORRUPT or STATE_TOO_NEW */
  constructor(filePath: string) {
    this.#db = openDatabase(filePath, SERVER_MIGRATIONS);
    this.#sql = this.#db.createTagStore();
  }

  read<T>(work: Work<T>): Promise<T> {
    return new Promise((resolve) => resolve(work(this.#sql, this.#db)));
  }

  /** One durable transaction: on disk when it resolves. */
  write<T>(work: Work<T>): Promise<T> {
    return new Promise((resolve) => resolve(inTransaction(this.#db, () => work(this.#sql, this.#db))));
  }

  /** As `write`, without waiting for the disk: a power cut may undo it. For what informs and steers nothing. */
  note<T>(work: Work<T>): Promise<T> {
    this.#db.exec('PRAGMA synchronous = NORMAL');
    const done = this.write(work); // has run when it returns
    this.#db.exec('PRAGMA synchronous = FULL');
    return done;
  }

  close(): void {
    this.#db.close();
  }
}
