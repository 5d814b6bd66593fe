import { AppError } from '../../lib/errors.ts';
import { fromRow } from '../row.ts';
import type { Account, AccountStore } from './account-store.ts';
import type { ServerDatabase } from './server-database.ts';

export class SqliteAccountStore implements AccountStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add({ username, passwordHash, createdAt }: Account): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        INSERT INTO accounts (username, passwordHash, createdAt) VALUES (${username}, ${passwordHash}, ${createdAt})
        ON CONFLICT DO NOTHING`;
      if (changes === 0) throw new AppError('ACCOUNT_EXISTS', `Account "${username}" exists already`);
    });
  }

  get(username: string): Promise<Account | undefined> {
    return this.#database.read(
      (sql) => fromRow(sql.get`SELECT * FROM accounts WHERE username = ${username}`) as Account | undefined,
    );
  }

  list(): Promise<Account[]> {
    return this.#database.read((sql) =>
      sql.all`SELECT * FROM accounts ORDER BY username`.map((row) => fromRow(row) as Account),
    );
  }

  setPasswordHash(username: string, passwordHash: string): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } =
        sql.run`UPDATE accounts SET passwordHash = ${passwordHash} WHERE username = ${username}`;
      if (changes === 0) throw notFound(username);
    });
  }

  remove(username: string): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`DELETE FROM accounts WHERE username = ${username}`;
      if (changes === 0) throw notFound(username);
    });
  }
}

function notFound(username: string): AppError {
  return new AppError('ACCOUNT_NOT_FOUND', `There is no account "${username}"`);
}
