import type { ServerDatabase } from './server-database.ts';
import type { SettingsStore } from './settings-store.ts';

type Name = Parameters<SettingsStore['get']>[0];

export class SqliteSettingsStore implements SettingsStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  get(name: Name): Promise<string | undefined> {
    return this.#database.read((sql) => {
      const row = sql.get`SELECT value FROM settings WHERE name = ${name}`;
      return row?.['value'] as string | undefined;
    });
  }

  set(name: Name, value: string): Promise<void> {
    return this.#database.write((sql) => {
      sql.run`
        INSERT INTO settings (name, value) VALUES (${name}, ${value})
        ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
    });
  }
}
