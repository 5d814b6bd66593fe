import type { Logger } from '../../lib/log.ts';
import { validateServiceSpec } from '../../protocol/generated/desired.js';
import type { AgentDatabase } from './agent-database.ts';
import type { ServiceRecord, ServiceState, ServiceStore } from './service-store.ts';

const STATES = {
  preparing: true,
  waiting: true,
  starting: true,
  running: true,
  unhealthy: true,
  'backing-off': true,
  stopping: true,
  stopped: true,
  parked: true,
  broken: true,
} satisfies Record<ServiceState, true>;

export class SqliteServiceStore implements ServiceStore {
  readonly #database: AgentDatabase;
  readonly #log: Logger;

  constructor(database: AgentDatabase, { log }: { log: Logger }) {
    this.#database = database;
    this.#log = log;
  }

  load(): ServiceRecord[] {
    const rows = this.#database.read((sql) => sql.all`SELECT name, record FROM services ORDER BY name`);
    return rows.flatMap(({ name, record }) => {
      const parsed = parseServiceRecord(String(record));
      if (parsed !== undefined) return [parsed];
      this.#log.error('service.unreadable', 'What is known of a service cannot be read; it begins anew', {
        service: name,
      });
      return [];
    });
  }

  save(record: ServiceRecord): void {
    this.#database.write(
      (sql) => sql.run`
        INSERT INTO services (name, record) VALUES (${record.name}, ${JSON.stringify(record)})
        ON CONFLICT (name) DO UPDATE SET record = excluded.record`,
      { survivesPowerCut: false },
    );
  }

  remove(name: string): void {
    this.#database.write((sql) => sql.run`DELETE FROM services WHERE name = ${name}`, {
      survivesPowerCut: false,
    });
  }
}

/** Undefined when it is not what we write: a damaged file must not reach the code that runs programs. */
export function parseServiceRecord(text: string): ServiceRecord | undefined {
  try {
    const record = JSON.parse(text) as ServiceRecord;
    return isSound(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isSound(record: ServiceRecord): boolean {
  const { name, state, since, spec, good, rejected, run, restartTimes, restarts, failedStarts } = record;
  return (
    typeof name === 'string' &&
    Object.hasOwn(STATES, state) &&
    [since, restarts, failedStarts, ...restartTimes].every(Number.isFinite) &&
    [spec, good, rejected?.spec].every((one) => one === undefined || validateServiceSpec(one)) &&
    (run === undefined || /^[0-9a-f-]+$/.test(run.runID))
  );
}
