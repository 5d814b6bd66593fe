import type { Logger } from '../../lib/log.ts';
import { validateServiceSpec, validateTaskSpec } from '../../protocol/generated/desired.js';
import { parse } from '../../protocol/validate.ts';
import type { AgentDatabase } from './agent-database.ts';
import type { DesiredRecord, DesiredStore } from './desired-store.ts';

export class SqliteDesiredStore implements DesiredStore {
  readonly #database: AgentDatabase;
  readonly #log: Logger;

  constructor(database: AgentDatabase, { log }: { log: Logger }) {
    this.#database = database;
    this.#log = log;
  }

  save(record: DesiredRecord): void {
    this.#database.write(
      (sql) => sql.run`
        INSERT INTO desired (onlyRow, record) VALUES (1, ${JSON.stringify(record)})
        ON CONFLICT (onlyRow) DO UPDATE SET record = excluded.record`,
    );
  }

  load(): DesiredRecord | undefined {
    const row = this.#database.read((sql) => sql.get`SELECT record FROM desired`);
    if (row === undefined) return undefined;
    try {
      return parseDesired(String(row['record']));
    } catch (error) {
      // The server sees that this agent has no revision, and sends it again; until then all stays as it is.
      this.#log.error('desired.unreadable', 'The desired state in the store cannot be read', { err: error });
      return undefined;
    }
  }
}

/** Checked like a message: a damaged file must not reach the code that runs programs. @throws AppError MESSAGE_INVALID or SyntaxError */
export function parseDesired(text: string): DesiredRecord {
  const { tasks, services, ...rest } = JSON.parse(text) as DesiredRecord;
  return {
    ...rest,
    tasks: tasks.map((task) => parse(validateTaskSpec, task, 'The task')),
    services: services.map((service) => parse(validateServiceSpec, service, 'The service')),
  };
}
