import type { DatabaseSync, SQLTagStore } from 'node:sqlite';
import { AppError } from '../../lib/errors.ts';
import { inTransaction } from '../in-transaction.ts';
import { AGENT_MIGRATIONS } from '../migrations/agent-migrations.ts';
import type { MigrateOptions } from '../migrations/migrate.ts';
import { openDatabase } from '../open-database.ts';

/** In the state folder. */
export const DATABASE_NAME = 'state.db';

/** An idle agent keeps its pages in the system's cache, not in its own memory. */
const CACHE_KIB = 256;
const LARGEST_IDLE_LOG_BYTES = 1024 ** 2;

// https://www.sqlite.org/rescode.html
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

export interface WriteOptions {
  /** False where a power cut (not a crash of ours) may undo it, which saves waiting for the disk. */
  readonly survivesPowerCut?: boolean;
}

/** The one connection behind the agent's stores. */
export class AgentDatabase {
  readonly #db: DatabaseSync;
  readonly #filePath: string;
  /** Keeps each statement prepared. */
  readonly #sql: SQLTagStore;

  /** @throws AppError STATE_UNWRITABLE, STATE_CORRUPT or STATE_TOO_NEW */
  constructor(filePath: string, options: Pick<MigrateOptions, 'holdBreaking'> = {}) {
    this.#filePath = filePath;
    this.#db = openDatabase(filePath, AGENT_MIGRATIONS, options);
    this.#sql = this.#db.createTagStore();
    try {
      this.#db.exec(
        `PRAGMA cache_size = -${CACHE_KIB}; PRAGMA journal_size_limit = ${LARGEST_IDLE_LOG_BYTES}`,
      );
      this.read((sql) => requireSound(sql));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** @throws AppError STATE_UNWRITABLE (retryable) or STATE_CORRUPT */
  read<T>(work: (sql: SQLTagStore) => T): T {
    try {
      return work(this.#sql);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** One transaction. @throws AppError STATE_UNWRITABLE (retryable) or STATE_CORRUPT */
  write<T>(work: (sql: SQLTagStore) => T, { survivesPowerCut = true }: WriteOptions = {}): T {
    if (!survivesPowerCut) this.#db.exec('PRAGMA synchronous = NORMAL');
    try {
      return inTransaction(this.#db, () => work(this.#sql));
    } catch (error) {
      throw this.#explain(error);
    } finally {
      if (!survivesPowerCut) this.#db.exec('PRAGMA synchronous = FULL');
    }
  }

  close(): void {
    this.#db.close();
  }

  #explain(cause: unknown): unknown {
    const resultCode = (cause as { errcode?: number }).errcode;
    if (resultCode === undefined || cause instanceof AppError) return cause;
    // Extended codes keep the general one in their lowest byte.
    if ([SQLITE_CORRUPT, SQLITE_NOTADB].includes(resultCode & 0xff))
      return new AppError('STATE_CORRUPT', `"${this.#filePath}" is damaged`, { cause });
    const message = `Cannot write "${this.#filePath}"; check that the disk is not full and belongs to this user`;
    return new AppError('STATE_UNWRITABLE', message, { cause, retryable: true });
  }
}

function requireSound(sql: SQLTagStore): void {
  const verdict = sql.get`PRAGMA quick_check(1)`?.['quick_check'];
  if (verdict !== 'ok') throw new AppError('STATE_CORRUPT', `The database is damaged: ${String(verdict)}`);
}
