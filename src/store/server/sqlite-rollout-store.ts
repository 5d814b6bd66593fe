import type { SQLTagStore } from 'node:sqlite';
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
const ALL_STAGES = Number.MAX_SAFE_INTEGER;

/** What a row has as JSON. */
interface RolloutTexts {
  readonly plan: string;
  readonly final?: string;
}

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
      const final = JSON.stringify(countOf(sql, rolloutID, { stage: ALL_STAGES, lateBefore: at }));
      const { changes } = sql.run`
        UPDATE rollouts SET state = ${state}, reason = ${reason ?? null}, endedAt = ${at}, final = ${final}
        WHERE rolloutID = ${rolloutID} AND endedAt IS NULL`;
      if (changes === 0) return;
      sql.run`DELETE FROM rolloutAgents WHERE rolloutID = ${rolloutID}`;
      if (state !== 'completed') return;
      sql.run`
        UPDATE groups SET agentVersion = rollouts.version
        FROM rollouts WHERE rolloutID = ${rolloutID} AND rollouts."group" = groups.name`;
    });
  }

  candidates(rolloutID: string, stage: number): Promise<CandidateAgent[]> {
    return this.#database.read((sql) =>
      sql.all`
        SELECT agentID, version FROM rolloutMembers
        WHERE rolloutID = ${rolloutID} AND stage <= ${stage} AND offeredAt IS NULL
          AND takesPart AND version IS NOT NULL
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
    return this.#told(rolloutID, { lateBefore: Infinity, limit: NO_LIMIT });
  }

  lost(rolloutID: string, filter: Parameters<RolloutStore['lost']>[1]): Promise<ToldAgent[]> {
    return this.#told(rolloutID, filter);
  }

  #told(
    rolloutID: string,
    { lateBefore, limit }: { lateBefore: number; limit: number },
  ): Promise<ToldAgent[]> {
    return this.#database.read((sql) =>
      sql.all`
        SELECT agentID, hostname, offeredAt, outcome, takesPart, version, lastSeenAt, (
          SELECT json_object('outcome', result ->> '$.outcome', 'reason', result ->> '$.reason') FROM jobs
          WHERE jobs.agentID = rolloutMembers.agentID AND finishedAt >= offeredAt
            AND assignment ->> '$.origin.updateTo' = wanted
          ORDER BY finishedAt DESC LIMIT 1
        ) AS ending
        FROM rolloutMembers
        WHERE rolloutID = ${rolloutID} AND offeredAt IS NOT NULL
          AND iif(outcome IS NULL, offeredAt < ${lateBefore}, outcome <> 'updated')
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

  count(rolloutID: string, filter: Parameters<RolloutStore['count']>[1]): Promise<RolloutCounts> {
    return this.#database.read((sql) => countOf(sql, rolloutID, filter));
  }

  offers({ agentID }: Parameters<RolloutStore['offers']>[0]): Promise<Map<string, string>> {
    return this.#database.read((sql) => {
      const rows = agentID === undefined ? offersOfAll(sql) : offersOf(sql, agentID);
      return new Map(rows.map((row) => [row['agentID'] as string, row['version'] as string]));
    });
  }
}

function offersOfAll(sql: SQLTagStore): Row[] {
  return sql.all`
    SELECT agentID, rollouts.version AS version
    FROM rollouts JOIN rolloutAgents USING (rolloutID) JOIN agents USING (agentID)
    WHERE endedAt IS NULL AND offeredAt IS NOT NULL AND agents."group" = rollouts."group"`;
}

/** At each check-in, so by an index. */
function offersOf(sql: SQLTagStore, agentID: string): Row[] {
  return sql.all`
    SELECT agentID, rollouts.version AS version
    FROM rolloutAgents JOIN rollouts USING (rolloutID) JOIN agents USING (agentID)
    WHERE agentID = ${agentID} AND endedAt IS NULL AND offeredAt IS NOT NULL
      AND agents."group" = rollouts."group"`;
}

function countOf(
  sql: SQLTagStore,
  rolloutID: string,
  { stage, lateBefore }: Parameters<RolloutStore['count']>[1],
): RolloutCounts {
  return sql.get`
    SELECT
      count(*) FILTER (WHERE takesPart OR offeredAt IS NOT NULL) AS agents,
      count(offeredAt) AS offered,
      count(*) FILTER (WHERE outcome = 'updated') AS updated,
      count(*) FILTER (WHERE outcome = 'failed') AS failed,
      count(*) FILTER (WHERE outcome = 'silent') AS silent,
      count(*) FILTER (WHERE outcome = 'gone') AS gone,
      count(*) FILTER (WHERE outcome IS NULL AND offeredAt < ${lateBefore}) AS late
    FROM rolloutMembers
    WHERE rolloutID = ${rolloutID} AND stage <= ${stage}` as unknown as RolloutCounts;
}

function toRecord(row: Row | undefined): RolloutRecord | undefined {
  if (row === undefined) return undefined;
  const { plan, final, ...record } = fromRow(row) as Omit<RolloutRecord, 'plan' | 'final'> & RolloutTexts;
  return {
    ...record,
    plan: JSON.parse(plan) as RolloutPlan,
    ...(final === undefined ? {} : { final: JSON.parse(final) as RolloutCounts }),
  };
}

function toTold(row: Row): ToldAgent {
  const { ending, ...columns } = fromRow(row) as Omit<ToldAgent, 'ending' | 'takesPart'> & {
    takesPart: number;
    ending?: string;
  };
  const agent = { ...columns, takesPart: columns.takesPart === 1 };
  if (ending === undefined) return agent;
  const { outcome, reason } = JSON.parse(ending) as { outcome: JobEnd; reason: string | null };
  return { ...agent, ending: reason === null ? { outcome } : { outcome, reason } };
}
