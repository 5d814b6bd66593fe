import type { SQLTagStore } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Acceptance,
  FinishedJob,
  JobFilter,
  JobRecord,
  JobResultRecord,
  JobStore,
  UnfinishedState,
} from './job-store.ts';
import { UNFINISHED_STATES } from './job-store.ts';
import { JOB_COLUMNS, listJobsSql, toJob } from './job-rows.ts';
import type { ServerDatabase } from './server-database.ts';

/** Rows removed in one go, so that a prune never holds up requests for long. */
const PRUNE_BATCH = 200;

export class SqliteJobStore implements JobStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add(job: JobRecord): Promise<void> {
    return this.#database.write((sql) => {
      sql.run`
        INSERT INTO jobs (jobID, agentID, assignment, state, createdAt)
        VALUES (${job.jobID}, ${job.agentID}, ${JSON.stringify(job.assignment)}, ${job.state}, ${job.createdAt})`;
    });
  }

  addFinished(job: FinishedJob): Promise<boolean> {
    const { stdout, stderr, ...rest } = job.result;
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        INSERT INTO jobs (jobID, agentID, assignment, state, createdAt, acceptedAt, finishedAt, result)
        VALUES (
          ${job.jobID}, ${job.agentID}, ${JSON.stringify(job.assignment)}, ${job.state},
          ${job.createdAt}, ${job.acceptedAt ?? null}, ${job.finishedAt}, ${JSON.stringify(rest)}
        )
        ON CONFLICT DO NOTHING`;
      if (changes === 0) return false;
      addOutput(sql, job.jobID, { stdout, stderr });
      return true;
    });
  }

  get(jobID: string): Promise<JobRecord | undefined> {
    return this.#database.read((_, db) => {
      const row = db
        .prepare(
          `SELECT ${JOB_COLUMNS}, stdout, stderr FROM jobs LEFT JOIN jobOutputs USING (jobID) WHERE jobs.jobID = ?`,
        )
        .get(jobID);
      return row === undefined ? undefined : toJob(row);
    });
  }

  list(filter: JobFilter): Promise<JobRecord[]> {
    const { sql, parameters } = listJobsSql(filter);
    return this.#database.read((_, db) =>
      db
        .prepare(sql)
        .all(...parameters)
        .map(toJob),
    );
  }

  queued(agentID: string): Promise<JobRecord[]> {
    return this.#database.read((_, db) =>
      db
        .prepare(`SELECT ${JOB_COLUMNS} FROM jobs WHERE agentID = ? AND state = 'queued' ORDER BY seq`)
        .all(agentID)
        .map(toJob),
    );
  }

  lastUpdate(agentID: string): Promise<JobRecord | undefined> {
    return this.#database.read((_, db) => {
      const row = db
        .prepare(
          `SELECT ${JOB_COLUMNS} FROM jobs
           WHERE agentID = ? AND finishedAt IS NOT NULL AND assignment ->> '$.origin.updateTo' IS NOT NULL
           ORDER BY finishedAt DESC LIMIT 1`,
        )
        .get(agentID);
      return row === undefined ? undefined : toJob(row);
    });
  }

  accept(
    agentID: string,
    jobIDs: readonly string[],
    { at, survivesPowerCut }: Acceptance,
  ): Promise<string[]> {
    return this.#database[survivesPowerCut ? 'write' : 'note']((sql) =>
      jobIDs.filter((jobID) => {
        const { changes } = sql.run`
          UPDATE jobs SET state = 'accepted', acceptedAt = ${at}
          WHERE jobID = ${jobID} AND agentID = ${agentID} AND state = 'queued'`;
        return changes === 1;
      }),
    );
  }

  advance(agentID: string, jobID: string, state: UnfinishedState): Promise<void> {
    const earlier = UNFINISHED_STATES.slice(0, UNFINISHED_STATES.indexOf(state));
    return this.#database.note((sql) => {
      sql.run`
        UPDATE jobs SET state = ${state}
        WHERE jobID = ${jobID} AND agentID = ${agentID}
          AND state IN (SELECT value FROM json_each(${JSON.stringify(earlier)}))`;
    });
  }

  requestCancel(jobID: string, at: number): Promise<void> {
    return this.#database.write((sql) => {
      sql.run`
        UPDATE jobs SET cancelRequestedAt = ${at}
        WHERE jobID = ${jobID} AND cancelRequestedAt IS NULL AND finishedAt IS NULL`;
    });
  }

  finish(jobID: string, result: JobResultRecord, at: number): Promise<boolean> {
    const { stdout, stderr, ...rest } = result;
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        UPDATE jobs SET state = 'finished', finishedAt = ${at}, result = ${JSON.stringify(rest)}
        WHERE jobID = ${jobID} AND finishedAt IS NULL`;
      if (changes === 0) return false;
      addOutput(sql, jobID, { stdout, stderr });
      return true;
    });
  }

  async prune(finishedBefore: number): Promise<number> {
    let removed = 0;
    for (let batch = PRUNE_BATCH; batch === PRUNE_BATCH; removed += batch) {
      batch = await this.#pruneBatch(finishedBefore);
      await nextTurn();
    }
    return removed;
  }

  countPending(): Promise<Map<string, number>> {
    return this.#database.read((sql) => {
      const rows = sql.all`SELECT agentID, count(*) AS pending FROM jobs WHERE finishedAt IS NULL GROUP BY agentID`;
      return new Map(rows.map((row) => [row['agentID'] as string, row['pending'] as number]));
    });
  }

  #pruneBatch(finishedBefore: number): Promise<number> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        DELETE FROM jobs WHERE seq IN
          (SELECT seq FROM jobs WHERE finishedAt < ${finishedBefore} ORDER BY finishedAt LIMIT ${PRUNE_BATCH})`;
      return Number(changes);
    });
  }
}

function addOutput(
  sql: SQLTagStore,
  jobID: string,
  { stdout, stderr }: { stdout: string | undefined; stderr: string | undefined },
): void {
  sql.run`INSERT INTO jobOutputs (jobID, stdout, stderr) VALUES (${jobID}, ${stdout ?? null}, ${stderr ?? null})`;
}
