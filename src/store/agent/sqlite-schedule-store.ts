import type { Logger } from '../../lib/log.ts';
import type { AgentDatabase } from './agent-database.ts';
import type { ScheduleStore, TaskRecord } from './schedule-store.ts';

export class SqliteScheduleStore implements ScheduleStore {
  readonly #database: AgentDatabase;
  readonly #log: Logger;

  constructor(database: AgentDatabase, { log }: { log: Logger }) {
    this.#database = database;
    this.#log = log;
  }

  load(): TaskRecord[] {
    const rows = this.#database.read((sql) => sql.all`SELECT task, record FROM schedule`);
    return rows.flatMap(({ task, record }) => {
      const parsed = parseTaskRecord(String(record));
      if (parsed !== undefined) return [parsed];
      this.#log.error('schedule.unreadable', "A task's schedule cannot be read, and begins anew", { task });
      return [];
    });
  }

  save(records: readonly TaskRecord[]): void {
    this.#database.write((sql) => {
      for (const record of records)
        sql.run`
          INSERT INTO schedule (task, record) VALUES (${record.task}, ${JSON.stringify(record)})
          ON CONFLICT (task) DO UPDATE SET record = excluded.record`;
    });
  }

  remove(tasks: readonly string[]): void {
    this.#database.write((sql) => {
      for (const task of tasks) sql.run`DELETE FROM schedule WHERE task = ${task}`;
    });
  }
}

/** Undefined when it is not what we write. */
export function parseTaskRecord(text: string): TaskRecord | undefined {
  try {
    const record = JSON.parse(text) as TaskRecord;
    const { task, rule, anchorAt, plannedAt } = record;
    const isSound = [task, rule].every((field) => typeof field === 'string');
    return isSound && [anchorAt, plannedAt].every(Number.isFinite) ? record : undefined;
  } catch {
    return undefined;
  }
}
