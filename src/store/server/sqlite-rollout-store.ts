import { AppError } from '../../lib/errors.ts';
import type { JobEnd } from '../../protocol/schemas/admin/jobs.ts';
import { fromRow, type Row } from '../row.ts';
import type {
  CandidateAgent,
  RolloutCounts,
  RolloutOutcome,
  RolloutPlan,
  RolloutRecord,
  RolloutStep,
  RolloutStore,
  ToldAgent,
} from './rollout-store.ts';
import type { ServerDatabase } from './server-database.ts';

/** As SQLite says it. */
const NO_LIMIT = -1;

export class SqliteRolloutStore implements RolloutStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add(rollout: RolloutRecord, stageOf: ReadonlyMap<string, number>): Promise<void> {
    const { rolloutID, group, version, plan, state, stage, tolerated, createdAt, createdBy } = rollout;
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        INSERT INTO rollouts (rolloutID, "group", version, plan, state, stage, tolerated, createdAt, createdBy)
        VALUES (${rolloutID}, ${group}, ${version}, ${JSON.stringify(plan)}, ${state}, ${stage}, ${tolerated},
          ${createdAt}, ${createdBy})
        ON CONFLICT DO NOTHING`;
      if (changes === 0) {
        throw new AppError('ROLLOUT_UNDER_WAY', `A rollout is under way in group "${group}"; abort it first`);
      }
      for (const [agentID, turn] of stageOf) {
        sql.run`INSERT INTO rolloutAgents (rolloutID, agentID, stage) VALUES (${rolloutID}, ${agentID}, ${turn})`;
      }
    });
  }

  get(rolloutID: string): Promise<RolloutRecord | undefined> {
    return this.#database.read((sql) =>
      toRecord(sql.get`SELECT * FROM rollouts WHERE rolloutID = ${rolloutID}`),
    );
  }

  list({ group, underWay }: Parameters<RolloutStore['list']>[0]): Promise<RolloutRecord[]> {
    return this.#database.read((sql) =>
      sql.all`
        SELECT * FROM rollouts
        WHERE (${group ?? null} IS NULL OR "group" = ${group ?? null})
          AND (${underWay === undefined ? 0 : 1} = 0 OR endedAt IS NULL)
        ORDER BY createdAt DESC, rowid DESC`.flatMap((row) => toRecord(row) ?? []),
    );
  }

  change(rolloutID: string, step: RolloutStep): Promise<void> {
    const columns = Object.keys(step);
    const assignments = columns.map((column) => `${column} = ?`).join(', ');
    return this.#database.write((_, db) => {
      db.prepare(`UPDATE rollouts SET ${assignments} WHERE rolloutID = ? AND endedAt IS NULL`).run(
        ...Object.values(step),
        rolloutID,
      );
    });
  }

  end(rolloutID: string, { state, reason, at }: Parameters<RolloutStore['end']>[1]): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        UPDATE rollouts SET state = ${state}, reason = ${reason ?? null}, endedAt = ${at}
        WHERE rolloutID = ${rolloutID} AND endedAt IS NULL`;
      if (changes === 0 || state !== 'completed') return;
      sql.run`
        UPDATE groups SET agentVersion = rollouts.version
        FROM rollouts WHERE rolloutID = ${rolloutID} AND rollouts."group" = groups.name`;
    });
  }

  candidates(rolloutID: string, stage: number): Promise<CandidateAgent[]> {
    return this.#database.read((sql) =>
      sql.all`
        SELECT agentID, version FROM rolloutMembers
        WHERE rolloutID = ${rolloutID} AND stage <= ${stage} AND offeredAt IS NULL AND version IS NOT NULL
        ORDER BY stage`.map((row) => fromRow(row) as CandidateAgent),
    );
  }

  offer(rolloutID: string, agentIDs: readonly string[], at: number): Promise<void> {
    return this.#database.write((sql) => {
      for (const agentID of agentIDs) {
        sql.run`
          UPDATE rolloutAgents SET offeredAt = ${at}
          WHERE rolloutID = ${rolloutID} AND agentID = ${agentID} AND offeredAt IS NULL`;
      }
    });
  }

  waiting(rolloutID: string): Promise<ToldAgent[]> {
    return this.#told(rolloutID, { outcomes: ['silent'], lateBefore: Infinity, limit: NO_LIMIT });
  }

  lost(rolloutID: string, filter: Parameters<RolloutStore['lost']>[1]): Promise<ToldAgent[]> {
    return this.#told(rolloutID, { outcomes: ['silent', 'failed'], ...filter });
  }

  #told(
    rolloutID: string,
    { outcomes, lateBefore, limit }: { outcomes: RolloutOutcome[]; lateBefore: number; limit: number },
  ): Promise<ToldAgent[]> {
    return this.#database.read((sql) =>
      sql.all`
        SELECT agentID, hostname, offeredAt, outcome, version, lastSeenAt, (
          SELECT json_object('outcome', result ->> '$.outcome', 'reason', result ->> '$.reason') FROM jobs
          WHERE jobs.agentID = rolloutMembers.agentID AND finishedAt >= offeredAt
            AND assignment ->> '$.origin.updateTo' = wanted
          ORDER BY finishedAt DESC LIMIT 1
        ) AS ending
        FROM rolloutMembers
        WHERE rolloutID = ${rolloutID} AND offeredAt IS NOT NULL AND iif(
          outcome IS NULL,
          offeredAt < ${lateBefore},
          outcome IN (SELECT value FROM json_each(${JSON.stringify(outcomes)}))
        )
        ORDER BY offeredAt DESC, agentID LIMIT ${limit}`.map(toTold),
    );
  }

  settle(rolloutID: string, outcomes: ReadonlyMap<string, RolloutOutcome>): Promise<void> {
    if (outcomes.size === 0) return Promise.resolve();
    return this.#database.write((sql) => {
      for (const [agentID, outcome] of outcomes) {
        sql.run`
          UPDATE rolloutAgents SET outcome = ${outcome}
          WHERE rolloutID = ${rolloutID} AND agentID = ${agentID}`;
      }
    });
  }

  count(rolloutID: string, stage: number): Promise<RolloutCounts> {
    return this.#database.read(
      (sql) =>
        sql.get`
          SELECT
            count(*) AS agents,
            count(offeredAt) AS offered,
            count(*) FILTER (WHERE outcome = 'updated') AS updated,
            count(*) FILTER (WHERE outcome = 'failed') AS failed,
            count(*) FILTER (WHERE outcome = 'silent') AS silent
          FROM rolloutMembers
          WHERE rolloutID = ${rolloutID} AND stage <= ${stage}` as unknown as RolloutCounts,
    );
  }

  offers({ agentID }: Parameters<RolloutStore['offers']>[0]): Promise<Map<string, string>> {
    return this.#database.read((sql) => {
      const rows = sql.all`
        SELECT agentID, rollouts.version AS version
        FROM rollouts JOIN rolloutAgents USING (rolloutID) JOIN agents USING (agentID)
        WHERE endedAt IS NULL AND offeredAt IS NOT NULL AND agents."group" = rollouts."group"
          AND (${agentID ?? null} IS NULL OR agentID = ${agentID ?? null})`;
      return new Map(rows.map((row) => [row['agentID'] as string, row['version'] as string]));
    });
  }
}

function toRecord(row: Row | undefined): RolloutRecord | undefined {
  if (row === undefined) return undefined;
  const { plan, ...record } = fromRow(row) as Omit<RolloutRecord, 'plan'> & { plan: string };
  return { ...record, plan: JSON.parse(plan) as RolloutPlan };
}

function toTold(row: Row): ToldAgent {
  const { ending, ...agent } = fromRow(row) as Omit<ToldAgent, 'ending'> & { ending?: string };
  if (ending === undefined) return agent;
  const { outcome, reason } = JSON.parse(ending) as { outcome: JobEnd; reason: string | null };
  return { ...agent, ending: reason === null ? { outcome } : { outcome, reason } };
}
