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

export const AGENT_MIGRATIONS: readonly Migration[] = [FIRST];
