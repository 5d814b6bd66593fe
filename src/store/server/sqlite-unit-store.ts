import type { SQLTagStore } from 'node:sqlite';
import type { UnitState } from '../../protocol/schemas/desired.ts';
import { fromRow, type Row } from '../row.ts';
import type { ServerDatabase } from './server-database.ts';
import type { UnitRecord, UnitReport, UnitStore } from './unit-store.ts';

export class SqliteUnitStore implements UnitStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  report(agentID: string, report: UnitReport): Promise<void> {
    return this.#database.note((sql) => {
      if (report.all) replaceAll(sql, agentID, report);
      else updateSome(sql, agentID, report);
    });
  }

  list(filter: Parameters<UnitStore['list']>[0]): Promise<UnitRecord[]> {
    const wanted = Object.entries(filter);
    const conditions = wanted.map(([column]) => `units.${column} = ?`);
    // Put together, or no index would be used.
    const query = `
      SELECT agentID, hostname, state, reportedAt FROM units JOIN agents USING (agentID)
      WHERE ${['TRUE', ...conditions].join(' AND ')}
      ORDER BY name, hostname`;
    return this.#database.read((_, db) =>
      db
        .prepare(query)
        .all(...wanted.map(([, value]) => value))
        .map(toRecord),
    );
  }
}

function toRecord(row: Row): UnitRecord {
  const { state, ...record } = fromRow(row) as Omit<UnitRecord, 'state'> & { state: string };
  return { ...record, state: JSON.parse(state) as UnitState };
}

function replaceAll(sql: SQLTagStore, agentID: string, { units, at }: UnitReport): void {
  sql.run`DELETE FROM units WHERE agentID = ${agentID}`;
  for (const unit of units) {
    sql.run`
      INSERT INTO units (agentID, name, kind, state, reportedAt)
      VALUES (${agentID}, ${unit.name}, ${unit.kind}, ${JSON.stringify(unit)}, ${at})
      ON CONFLICT DO NOTHING`;
  }
}

function updateSome(sql: SQLTagStore, agentID: string, { units, at }: UnitReport): void {
  for (const unit of units) {
    sql.run`
      UPDATE units SET kind = ${unit.kind}, state = ${JSON.stringify(unit)}, reportedAt = ${at}
      WHERE agentID = ${agentID} AND name = ${unit.name}`;
  }
}
