import type { SQLTagStore } from 'node:sqlite';
import type { Clock } from '../../lib/clock.ts';
import { describeError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import type { Row } from '../row.ts';
import type { AgentDatabase } from './agent-database.ts';
import {
  JOB_PHASES,
  type Job,
  type JobChange,
  type JobFilter,
  type JobJournal,
  type JobPhase,
} from './job-journal.ts';
import { toJob } from './job-rows.ts';
import { changed, isCancelable, isHeld, staleJob, startedOver } from './job-transition.ts';

/** What somebody relies on, or what must never happen twice. */
const SURVIVES_POWER_CUT: readonly JobPhase[] = ['running', 'exited'];

/** As SQLite understands LIMIT. */
const NO_LIMIT = -1;

export interface SqliteJobJournalOptions {
  readonly clock: Clock;
  readonly log: Logger;
}

export class SqliteJobJournal implements JobJournal {
  readonly #database: AgentDatabase;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(database: AgentDatabase, { clock, log }: SqliteJobJournalOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  accept(assignments: readonly JobAssignment[]): Job[] {
    const now = this.#clock.now();
    return this.#database.write((sql) =>
      assignments.flatMap((assignment) => {
        const row = sql.get`
          INSERT INTO jobs (jobID, phase, phaseTimes, assignment)
          VALUES (${assignment.jobID}, 'accepted', ${JSON.stringify({ accepted: now })}, ${JSON.stringify(assignment)})
          ON CONFLICT (jobID) DO NOTHING RETURNING *`;
        return row === undefined ? [] : [toJob(row)];
      }),
    );
  }

  get(jobID: string): Job | undefined {
    return this.#jobs((sql) => sql.all`SELECT * FROM jobs WHERE jobID = ${jobID}`)[0];
  }

  active({ phases = JOB_PHASES, limit = NO_LIMIT }: JobFilter = {}): Job[] {
    return this.#jobs((sql) => {
      const oldest = phases.flatMap(
        (phase) =>
          sql.all`SELECT * FROM jobs WHERE phase = ${phase} AND cleanedAt IS NULL ORDER BY seq LIMIT ${limit}`,
      );
      oldest.sort((a, b) => Number(a['seq']) - Number(b['seq']));
      return limit === NO_LIMIT ? oldest : oldest.slice(0, limit);
    });
  }

  holding(): string[] {
    return this.active()
      .filter(isHeld)
      .map(({ jobID }) => jobID);
  }

  commit(job: Job, change: JobChange): Job {
    const next = changed(job, change, this.#clock.now());
    return this.#replace(job, next, SURVIVES_POWER_CUT.includes(next.phase));
  }

  startOver(job: Job): Job {
    return this.#replace(job, startedOver(job), false);
  }

  requestCancel(jobIDs: readonly string[]): string[] {
    const wanted = jobIDs.filter((jobID) => {
      const job = this.get(jobID);
      return job !== undefined && isCancelable(job);
    });
    this.#database.write((sql) => {
      for (const jobID of wanted) sql.run`UPDATE jobs SET cancelRequested = 1 WHERE jobID = ${jobID}`;
    });
    return wanted;
  }

  recent(limit: number): Job[] {
    return this.#jobs((sql) => sql.all`SELECT * FROM jobs ORDER BY seq DESC LIMIT ${limit}`);
  }

  prune({ jobsMs, taskRunsMs }: { jobsMs: number; taskRunsMs: number }): number {
    return this.#database.write(
      (sql) => {
        const jobs = sql.run`DELETE FROM jobs WHERE cleanedAt < ${jobsMs}`;
        const taskRuns = sql.run`DELETE FROM jobs WHERE task IS NOT NULL AND cleanedAt < ${taskRunsMs}`;
        return Number(jobs.changes) + Number(taskRuns.changes);
      },
      { survivesPowerCut: false },
    );
  }

  #replace(job: Job, next: Job, survivesPowerCut: boolean): Job {
    const result = next.result === undefined ? null : JSON.stringify(next.result);
    const cleanedAt = next.phaseTimes.cleaned ?? null;
    const row = this.#database.write(
      (sql) => sql.get`
        UPDATE jobs SET phase = ${next.phase}, phaseTimes = ${JSON.stringify(next.phaseTimes)}, result = ${result},
          cleanedAt = ${cleanedAt}
        WHERE jobID = ${job.jobID} AND phase = ${job.phase} RETURNING cancelRequested`,
      { survivesPowerCut },
    );
    if (row === undefined) throw staleJob(job);
    return { ...next, cancelRequested: row['cancelRequested'] === 1 };
  }

  #jobs(select: (sql: SQLTagStore) => Row[]): Job[] {
    return this.#database.read(select).flatMap((row) => {
      try {
        return [toJob(row)];
      } catch (error) {
        this.#quarantine(row, error);
        return [];
      }
    });
  }

  /** A row that cannot be read would be met again at every look; it is kept where it is in nobody's way. */
  #quarantine(row: Row, problem: unknown): void {
    const jobID = String(row['jobID']);
    this.#database.write((sql) => {
      sql.run`
        INSERT INTO quarantine (jobID, problem, content, setAsideAt)
        VALUES (${jobID}, ${describeError(problem)}, ${JSON.stringify(row)}, ${this.#clock.now()})`;
      sql.run`DELETE FROM jobs WHERE jobID = ${jobID}`;
    });
    this.#log.error('journal.job-quarantined', 'A job that cannot be read was set aside', {
      jobID,
      err: problem,
    });
  }
}
