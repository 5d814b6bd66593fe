import type { Migration } from './migrate.ts';

/** Columns bear the names of the domain's fields; times are milliseconds since the epoch. */
const FIRST: Migration = {
  version: 1,
  breaking: true,
  sql: `
    CREATE TABLE accounts (
      username TEXT PRIMARY KEY,
      passwordHash TEXT NOT NULL,
      createdAt INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE agents (
      agentID TEXT PRIMARY KEY,
      hostname TEXT NOT NULL,
      os TEXT NOT NULL,
      enrolledAt INTEGER NOT NULL,
      publicKeyHash TEXT NOT NULL,
      certificateExpiresAt INTEGER,
      revokedAt INTEGER,
      arch TEXT,
      version TEXT,
      protocol INTEGER,
      lastSeenAt INTEGER
    ) STRICT;

    CREATE TABLE library (
      filename TEXT PRIMARY KEY,
      jobID TEXT NOT NULL,
      executor TEXT NOT NULL,
      description TEXT NOT NULL,
      os TEXT NOT NULL,
      user TEXT NOT NULL,
      createdAt INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      size INTEGER NOT NULL,
      timeoutSeconds INTEGER
    ) STRICT;

    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;

    CREATE TABLE certificates (
      serial TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      issuedAt INTEGER NOT NULL,
      expiresAt INTEGER NOT NULL,
      revokedAt INTEGER,
      firstUsedAt INTEGER
    ) STRICT;
    CREATE INDEX certificatesBySubject ON certificates (kind, subject);

    -- seq is the order of assignment, and so what "newest" and "oldest" mean, whatever the clock did.
    CREATE TABLE jobs (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      jobID TEXT NOT NULL UNIQUE,
      agentID TEXT NOT NULL,
      assignment TEXT NOT NULL,
      state TEXT NOT NULL,
      createdAt INTEGER NOT NULL,
      acceptedAt INTEGER,
      finishedAt INTEGER,
      cancelRequestedAt INTEGER,
      result TEXT
    ) STRICT;
    -- Each index ends in seq by itself, so that the newest of a state are found without sorting.
    CREATE INDEX jobsByState ON jobs (state);
    CREATE INDEX jobsByAgent ON jobs (agentID, state);
    CREATE INDEX jobsByAgentAndEnd ON jobs (agentID, finishedAt) WHERE finishedAt IS NOT NULL;
    CREATE INDEX jobsByEnd ON jobs (finishedAt) WHERE finishedAt IS NOT NULL;
    CREATE INDEX jobsPending ON jobs (agentID) WHERE finishedAt IS NULL;

    -- Apart from jobs, so that a list of jobs does not read through megabytes of output.
    CREATE TABLE jobOutputs (
      jobID TEXT PRIMARY KEY REFERENCES jobs (jobID) ON DELETE CASCADE,
      stdout TEXT,
      stderr TEXT
    ) STRICT;
  `,
};

/** Groups, tasks and services: an older program leaves them alone, and new agents get into the default group. */
const UNITS: Migration = {
  version: 2,
  breaking: false,
  sql: `
    CREATE TABLE groups (
      name TEXT PRIMARY KEY,
      agentVersion TEXT
    ) STRICT;
    INSERT INTO groups (name) VALUES ('default');

    ALTER TABLE agents ADD COLUMN "group" TEXT NOT NULL DEFAULT 'default';
    ALTER TABLE agents ADD COLUMN pinnedVersion TEXT;
    CREATE INDEX agentsByGroup ON agents ("group");

    ALTER TABLE library ADD COLUMN unit TEXT;
    CREATE UNIQUE INDEX libraryByUnit ON library (json_extract(unit, '$.name')) WHERE unit IS NOT NULL;

    CREATE TABLE assignments (
      filename TEXT NOT NULL REFERENCES library (filename),
      agentID TEXT REFERENCES agents (agentID),
      "group" TEXT REFERENCES groups (name),
      assignedAt INTEGER NOT NULL,
      assignedBy TEXT NOT NULL,
      CHECK ((agentID IS NULL) <> ("group" IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX assignmentsByAgent ON assignments (agentID, filename) WHERE agentID IS NOT NULL;
    CREATE UNIQUE INDEX assignmentsByGroup ON assignments ("group", filename) WHERE "group" IS NOT NULL;
    CREATE INDEX assignmentsByEntry ON assignments (filename);

    -- The documents themselves are made anew when they are needed; a digest tells whether they have changed.
    CREATE TABLE desiredStates (
      agentID TEXT PRIMARY KEY,
      revision INTEGER NOT NULL,
      digest TEXT NOT NULL,
      appliedRevision INTEGER,
      problems TEXT
    ) STRICT;

    CREATE TABLE units (
      agentID TEXT NOT NULL,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      reportedAt INTEGER NOT NULL,
      PRIMARY KEY (agentID, name)
    ) STRICT;
    CREATE INDEX unitsByName ON units (name);
  `,
};

/** An older program goes by the groups' versions alone. */
const ROLLOUTS: Migration = {
  version: 3,
  breaking: false,
  sql: `
    CREATE TABLE rollouts (
      rolloutID TEXT PRIMARY KEY,
      "group" TEXT NOT NULL,
      version TEXT NOT NULL,
      plan TEXT NOT NULL,
      state TEXT NOT NULL,
      stage INTEGER NOT NULL,
      restsUntil INTEGER,
      tolerated INTEGER NOT NULL,
      reason TEXT,
      createdAt INTEGER NOT NULL,
      createdBy TEXT NOT NULL,
      endedAt INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX rolloutUnderWay ON rollouts ("group") WHERE endedAt IS NULL;

    CREATE TABLE rolloutAgents (
      rolloutID TEXT NOT NULL REFERENCES rollouts (rolloutID) ON DELETE CASCADE,
      agentID TEXT NOT NULL,
      stage INTEGER NOT NULL,
      offeredAt INTEGER,
      outcome TEXT,
      PRIMARY KEY (rolloutID, agentID)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX rolloutAgentsToTell ON rolloutAgents (rolloutID, stage) WHERE offeredAt IS NULL;
    CREATE INDEX rolloutAgentsWaiting ON rolloutAgents (rolloutID) WHERE offeredAt IS NOT NULL AND outcome IS NULL;
    CREATE INDEX rolloutsOfAgent ON rolloutAgents (agentID);
  `,
};

/** An ended rollout keeps its counts and lets go of its agents, of which nobody asks any more. */
const ROLLOUT_ENDS: Migration = {
  version: 4,
  breaking: false,
  sql: `
    ALTER TABLE rollouts ADD COLUMN acceptedStage INTEGER;
    ALTER TABLE rollouts ADD COLUMN final TEXT;
    CREATE VIEW rolloutMembers AS
      SELECT rolloutAgents.*, rollouts.version AS wanted, agents.hostname, agents.version, agents.lastSeenAt,
        agents.revokedAt IS NULL AND agents.pinnedVersion IS NULL AND agents."group" = rollouts."group" AS takesPart
      FROM rolloutAgents JOIN agents USING (agentID) JOIN rollouts USING (rolloutID);
  `,
};

export const SERVER_MIGRATIONS: readonly Migration[] = [FIRST, UNITS, ROLLOUTS, ROLLOUT_ENDS];
