import { AppError } from '../../lib/errors.ts';
import { fromRow } from '../row.ts';
import type { GroupRecord, GroupStore } from './group-store.ts';
import type { ServerDatabase } from './server-database.ts';

/** What keeps a group from being removed. */
interface GroupContents {
  readonly agents: number;
  readonly assignments: number;
  readonly rollouts: number;
}

/** Made by the migration. */
const DEFAULT_GROUP = 'default';

export class SqliteGroupStore implements GroupStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add({ name, agentVersion }: GroupRecord): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        INSERT INTO groups (name, agentVersion) VALUES (${name}, ${agentVersion ?? null}) ON CONFLICT DO NOTHING`;
      if (changes === 0) throw new AppError('GROUP_EXISTS', `Group "${name}" exists already`);
    });
  }

  get(name: string): Promise<GroupRecord | undefined> {
    return this.#database.read(
      (sql) => fromRow(sql.get`SELECT * FROM groups WHERE name = ${name}`) as GroupRecord | undefined,
    );
  }

  list(): Promise<GroupRecord[]> {
    return this.#database.read((sql) =>
      sql.all`SELECT * FROM groups ORDER BY name`.map((row) => fromRow(row) as GroupRecord),
    );
  }

  countAgents(): Promise<Map<string, number>> {
    return this.#database.read((sql) => {
      const rows = sql.all`
        SELECT "group" AS name, count(*) AS agents FROM agents WHERE revokedAt IS NULL GROUP BY "group"`;
      return new Map(rows.map((row) => [row['name'] as string, row['agents'] as number]));
    });
  }

  setVersion(name: string, agentVersion: string | null): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`UPDATE groups SET agentVersion = ${agentVersion} WHERE name = ${name}`;
      if (changes === 0) throw notFound(name);
    });
  }

  remove(name: string): Promise<void> {
    return this.#database.write((sql) => {
      if (name === DEFAULT_GROUP) throw refused(`The group "${name}" is for agents that are in no other`);
      const contents = sql.get`
        SELECT
          (SELECT count(*) FROM agents WHERE "group" = ${name} AND revokedAt IS NULL) AS agents,
          (SELECT count(*) FROM assignments WHERE "group" = ${name}) AS assignments,
          (SELECT count(*) FROM rollouts WHERE "group" = ${name} AND endedAt IS NULL) AS rollouts`;
      const { agents, assignments, rollouts } = contents as unknown as GroupContents;
      if (rollouts > 0) throw refused(`A rollout is under way in group "${name}"; abort it first`);
      if (agents + assignments > 0) {
        throw refused(
          `Group "${name}" has ${agents} agents and ${assignments} assignments; move them away first`,
        );
      }
      sql.run`UPDATE agents SET "group" = ${DEFAULT_GROUP} WHERE "group" = ${name}`;
      const { changes } = sql.run`DELETE FROM groups WHERE name = ${name}`;
      if (changes === 0) throw notFound(name);
    });
  }
}

function notFound(name: string): AppError {
  return new AppError('GROUP_NOT_FOUND', `There is no group "${name}"`);
}

function refused(message: string): AppError {
  return new AppError('SERVER_REFUSED', message);
}
