import { fromRow } from '../row.ts';
import type { DesiredStateRecord, DesiredStateStore, UnitProblem } from './desired-state-store.ts';
import type { ServerDatabase } from './server-database.ts';

export class SqliteDesiredStateStore implements DesiredStateStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  get(agentID: string): Promise<DesiredStateRecord | undefined> {
    return this.#database.read((sql) => {
      const row = sql.get`
        SELECT revision, digest, appliedRevision, problems FROM desiredStates WHERE agentID = ${agentID}`;
      if (row === undefined) return undefined;
      const { problems, ...record } = fromRow(row) as DesiredStateRecord & { problems?: string };
      return problems === undefined ? record : { ...record, problems: JSON.parse(problems) as UnitProblem[] };
    });
  }

  told(agentID: string, { revision, digest }: Parameters<DesiredStateStore['told']>[1]): Promise<void> {
    return this.#database.note((sql) => {
      sql.run`
        INSERT INTO desiredStates (agentID, revision, digest) VALUES (${agentID}, ${revision}, ${digest})
        ON CONFLICT (agentID) DO UPDATE SET revision = excluded.revision, digest = excluded.digest`;
    });
  }

  applied(
    agentID: string,
    { appliedRevision, problems }: Parameters<DesiredStateStore['applied']>[1],
  ): Promise<void> {
    return this.#database.note((sql) => {
      sql.run`
        UPDATE desiredStates SET appliedRevision = ${appliedRevision}, problems = ${JSON.stringify(problems)}
        WHERE agentID = ${agentID}`;
    });
  }
}
