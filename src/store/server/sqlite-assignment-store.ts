import { AppError } from '../../lib/errors.ts';
import { fromRow } from '../row.ts';
import type { AssignedUnit, AssignmentKey, AssignmentRecord, AssignmentStore } from './assignment-store.ts';
import type { ServerDatabase } from './server-database.ts';

export class SqliteAssignmentStore implements AssignmentStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add({ filename, agentID, group, assignedAt, assignedBy }: AssignmentRecord): Promise<void> {
    return this.#database.write((sql) => {
      sql.run`
        INSERT INTO assignments (filename, agentID, "group", assignedAt, assignedBy)
        VALUES (${filename}, ${agentID ?? null}, ${group ?? null}, ${assignedAt}, ${assignedBy})
        ON CONFLICT DO NOTHING`;
    });
  }

  remove({ filename, agentID, group }: AssignmentKey): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        DELETE FROM assignments
        WHERE filename = ${filename} AND agentID IS ${agentID ?? null} AND "group" IS ${group ?? null}`;
      if (changes > 0) return;
      const target = agentID === undefined ? `group "${group}"` : `agent "${agentID}"`;
      throw new AppError('ASSIGNMENT_NOT_FOUND', `"${filename}" is not assigned to ${target}`);
    });
  }

  list({ kind, filename }: Parameters<AssignmentStore['list']>[0]): Promise<AssignedUnit[]> {
    return this.#database.read((sql) =>
      sql.all`
        SELECT
          assignments.filename, assignments.agentID, assignments."group", assignedAt, assignedBy, hostname,
          unit ->> '$.kind' AS kind, unit ->> '$.name' AS name
        FROM assignments JOIN library USING (filename) LEFT JOIN agents USING (agentID)
        WHERE (${filename ?? null} IS NULL OR assignments.filename = ${filename ?? null})
          AND (${kind ?? null} IS NULL OR unit ->> '$.kind' = ${kind ?? null})
        ORDER BY name, assignments."group", hostname`.map((row) => fromRow(row) as AssignedUnit),
    );
  }

  filenamesFor({ agentID, group }: Parameters<AssignmentStore['filenamesFor']>[0]): Promise<string[]> {
    return this.#database.read((sql) =>
      sql.all`
        SELECT filename FROM assignments WHERE agentID = ${agentID ?? null}
        UNION SELECT filename FROM assignments WHERE "group" = ${group}
        ORDER BY filename`.map((row) => row['filename'] as string),
    );
  }
}
