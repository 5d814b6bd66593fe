import { AppError } from '../../lib/errors.ts';
import { fromRow } from '../row.ts';
import type { AgentChange, AgentFilter, AgentRecord, AgentStore, NewAgentRecord } from './agent-store.ts';
import type { ServerDatabase } from './server-database.ts';

export class SqliteAgentStore implements AgentStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add(agent: NewAgentRecord): Promise<void> {
    return this.#database.write((sql) => {
      sql.run`
        INSERT INTO agents
          (agentID, hostname, os, enrolledAt, publicKeyHash, certificateExpiresAt, revokedAt, arch, version, protocol, lastSeenAt)
        VALUES (
          ${agent.agentID}, ${agent.hostname}, ${agent.os}, ${agent.enrolledAt}, ${agent.publicKeyHash},
          ${agent.certificateExpiresAt ?? null}, ${agent.revokedAt ?? null}, ${agent.arch ?? null},
          ${agent.version ?? null}, ${agent.protocol ?? null}, ${agent.lastSeenAt ?? null}
        )`;
    });
  }

  get(agentID: string): Promise<AgentRecord | undefined> {
    return this.#database.read(
      (sql) => fromRow(sql.get`SELECT * FROM agents WHERE agentID = ${agentID}`) as AgentRecord | undefined,
    );
  }

  list({ name, group }: AgentFilter = {}): Promise<AgentRecord[]> {
    return this.#database.read((sql) => {
      const beginning = name ?? '';
      const rows = sql.all`
        SELECT * FROM agents
        WHERE (instr(lower(agentID), lower(${beginning})) = 1 OR instr(lower(hostname), lower(${beginning})) = 1)
          AND "group" = coalesce(${group ?? null}, "group")
        ORDER BY enrolledAt, rowid`;
      return rows.map((row) => fromRow(row) as AgentRecord);
    });
  }

  count(): Promise<number> {
    return this.#database.read((sql) => {
      const row = sql.get`SELECT count(*) AS agents FROM agents WHERE revokedAt IS NULL`;
      return row?.['agents'] as number;
    });
  }

  idsOfGroup(group: string): Promise<string[]> {
    return this.#database.read((sql) =>
      sql.all`SELECT agentID FROM agents WHERE "group" = ${group}`.map((row) => row['agentID'] as string),
    );
  }

  change(agentID: string, { group, pinnedVersion }: AgentChange): Promise<void> {
    return this.#database.write((sql) => {
      if (group !== undefined && sql.get`SELECT 1 FROM groups WHERE name = ${group}` === undefined) {
        throw new AppError('GROUP_NOT_FOUND', `There is no group "${group}"`);
      }
      const { changes } = sql.run`
        UPDATE agents SET
          "group" = coalesce(${group ?? null}, "group"),
          pinnedVersion = iif(${Number(pinnedVersion === undefined)}, pinnedVersion, ${pinnedVersion ?? null})
        WHERE agentID = ${agentID}`;
      if (changes === 0) throw notFound(agentID);
    });
  }

  seen(
    agentID: string,
    { version, arch, hostname, protocol, at }: Parameters<AgentStore['seen']>[1],
  ): Promise<void> {
    return this.#database.note((sql) => {
      sql.run`
        UPDATE agents SET
          version = coalesce(${version ?? null}, version),
          arch = coalesce(${arch ?? null}, arch),
          hostname = coalesce(${hostname ?? null}, hostname),
          protocol = ${protocol},
          lastSeenAt = ${at}
        WHERE agentID = ${agentID}`;
    });
  }

  rebind(agentID: string, publicKeyHash: string, certificateExpiresAt: number): Promise<void> {
    return this.#database.write((sql) => {
      sql.run`
        UPDATE agents SET publicKeyHash = ${publicKeyHash}, certificateExpiresAt = ${certificateExpiresAt}
        WHERE agentID = ${agentID}`;
    });
  }

  revoke(agentID: string, at: number): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        UPDATE agents SET revokedAt = coalesce(revokedAt, ${at}) WHERE agentID = ${agentID}`;
      if (changes === 0) throw notFound(agentID);
      sql.run`DELETE FROM assignments WHERE agentID = ${agentID}`;
      sql.run`DELETE FROM units WHERE agentID = ${agentID}`;
      sql.run`DELETE FROM desiredStates WHERE agentID = ${agentID}`;
    });
  }
}

function notFound(agentID: string): AppError {
  return new AppError('AGENT_NOT_FOUND', `There is no agent "${agentID}"`);
}
