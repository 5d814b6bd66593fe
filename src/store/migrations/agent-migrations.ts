import type { Migration } from './migrate.ts';

/** Columns bear the names of the domain's fields; times are milliseconds since the epoch. */
const FIRST: Migration = {
  version: 1,
  breaking: true,
  sql: `
    -- seq is the order of acceptance, whatever the clock did.
    CREATE TABLE jobs (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      jobID TEXT NOT NULL UNIQUE,
      phase TEXT NOT NULL,
      phaseTimes TEXT NOT NULL,
      cancelRequested INTEGER NOT NULL DEFAULT 0,
      assignment TEXT NOT NULL,
      result TEXT,
      cleanedAt INTEGER
    ) STRICT;
    -- Ends in seq by itself, so that the oldest of a phase are found without sorting.
    CREATE INDEX jobsByPhase ON jobs (phase) WHERE cleanedAt IS NULL;
    CREATE INDEX jobsCleaned ON jobs (cleanedAt) WHERE cleanedAt IS NOT NULL;

    -- Rows of jobs that could not be read, as they were, for whoever looks into it.
    CREATE TABLE quarantine (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      jobID TEXT NOT NULL,
      problem TEXT NOT NULL,
      content TEXT NOT NULL,
      setAsideAt INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE connection (
      onlyRow INTEGER PRIMARY KEY CHECK (onlyRow = 1),
      record TEXT NOT NULL
    ) STRICT;
  `,
};

/** Tasks: an older program leaves these alone, and runs what is in the journal as any job. */
const TASKS: Migration = {
  version: 2,
  breaking: false,
  sql: `
    CREATE TABLE desired (
      onlyRow INTEGER PRIMARY KEY CHECK (onlyRow = 1),
      record TEXT NOT NULL
    ) STRICT;

    CREATE TABLE schedule (
      task TEXT PRIMARY KEY,
      record TEXT NOT NULL
    ) STRICT;

    -- Rows can be damaged, and must then still be read.
    ALTER TABLE jobs ADD COLUMN task TEXT AS
      (CASE WHEN json_valid(assignment) THEN json_extract(assignment, '$.origin.task') END) VIRTUAL;
    CREATE INDEX taskRunsCleaned ON jobs (cleanedAt) WHERE task IS NOT NULL;
  `,
};

/** Services: an older program leaves them running, and nobody looks after them until a newer one is back. */
const SERVICES: Migration = {
  version: 3,
  breaking: false,
  sql: `
    CREATE TABLE services (
      name TEXT PRIMARY KEY,
      record TEXT NOT NULL
    ) STRICT;
  `,
};

export const AGENT_MIGRATIONS: readonly Migration[] = [FIRST, TASKS, SERVICES];
