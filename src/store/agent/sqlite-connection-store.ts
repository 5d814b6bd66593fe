import type { AgentDatabase } from './agent-database.ts';
import type { ConnectionRecord, ConnectionStore } from './connection-record.ts';

export class SqliteConnectionStore implements ConnectionStore {
  readonly #database: AgentDatabase;

  constructor(database: AgentDatabase) {
    this.#database = database;
  }

  save(record: ConnectionRecord): void {
    this.#database.write(
      (sql) => sql.run`
        INSERT INTO connection (onlyRow, record) VALUES (1, ${JSON.stringify(record)})
        ON CONFLICT (onlyRow) DO UPDATE SET record = excluded.record`,
      { survivesPowerCut: false },
    );
  }

  load(): ConnectionRecord | undefined {
    const row = this.#database.read((sql) => sql.get`SELECT record FROM connection`);
    return row === undefined ? undefined : parseConnection(String(row['record']));
  }
}

/** It is for people's eyes only, so one that cannot be read is the same as none. */
export function parseConnection(text: string): ConnectionRecord | undefined {
  try {
    return JSON.parse(text) as ConnectionRecord;
  } catch {
    return undefined;
  }
}
