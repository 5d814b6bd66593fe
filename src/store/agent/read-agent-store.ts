import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../lib/errors.ts';
import type { Row } from '../row.ts';
import { isInstanceLockHeld } from '../single-instance-lock.ts';
import { DATABASE_NAME } from './agent-database.ts';
import type { ConnectionRecord } from './connection-record.ts';
import type { DesiredRecord } from './desired-store.ts';
import type { Job } from './job-journal.ts';
import { toJob } from './job-rows.ts';
import { isHeld } from './job-transition.ts';
import { LOCK_NAME } from './open-agent-store.ts';
import type { TaskRecord } from './schedule-store.ts';
import type { ServiceRecord } from './service-store.ts';
import { parseConnection } from './sqlite-connection-store.ts';
import { parseDesired } from './sqlite-desired-store.ts';
import { parseTaskRecord } from './sqlite-schedule-store.ts';
import { parseServiceRecord } from './sqlite-service-store.ts';

const BUSY_TIMEOUT_MS = 1_000;

/** What `status` shows; read in one go, so that it is of one moment. */
export interface AgentStoreSummary {
  /** Whether an agent owns the state folder now. */
  readonly running: boolean;
  readonly connection: ConnectionRecord | undefined;
  /** Jobs whose result the server has not confirmed. */
  readonly held: number;
  /** Those of them that have ended. */
  readonly unreported: number;
  /** Newest first. */
  readonly recentJobs: readonly Job[];
  /** Undefined while no server has said what to keep. */
  readonly desired: DesiredRecord | undefined;
  readonly schedule: readonly TaskRecord[];
  readonly services: readonly ServiceRecord[];
}

const NO_UNITS = { desired: undefined, schedule: [], services: [] };
const NOTHING = {
  connection: undefined,
  held: 0,
  unreported: 0,
  recentJobs: [],
  ...NO_UNITS,
};

/**
 * Looks into an agent's memory without touching it, whether the agent runs or not.
 * @throws AppError STATE_CORRUPT
 */
export function readAgentStore(stateDir: string, { jobLimit = 10 } = {}): AgentStoreSummary {
  const filePath = join(stateDir, DATABASE_NAME);
  const running = isInstanceLockHeld(join(stateDir, LOCK_NAME));
  if (!existsSync(filePath)) return { running, ...NOTHING };
  try {
    return { running, ...readSummary(filePath, jobLimit) };
  } catch (cause) {
    throw new AppError('STATE_CORRUPT', `Cannot read "${filePath}"`, { cause });
  }
}

/**
 * Of an agent that may be running, the last that happened between it and its server; undefined while there is none.
 * @throws AppError STATE_CORRUPT
 */
export function readConnection(stateDir: string): ConnectionRecord | undefined {
  const filePath = join(stateDir, DATABASE_NAME);
  if (!existsSync(filePath)) return undefined;
  try {
    using db = new DatabaseSync(filePath, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    return connectionIn(db);
  } catch (cause) {
    throw new AppError('STATE_CORRUPT', `Cannot read "${filePath}"`, { cause });
  }
}

function connectionIn(db: DatabaseSync): ConnectionRecord | undefined {
  if (!hasTable(db, 'connection')) return undefined;
  const row = db.prepare('SELECT record FROM connection').get();
  return row === undefined ? undefined : parseConnection(String(row['record']));
}

function readSummary(filePath: string, jobLimit: number): Omit<AgentStoreSummary, 'running'> {
  const db = new DatabaseSync(filePath, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('BEGIN');
    if (!hasTable(db, 'connection')) return NOTHING;
    const active = readable(db.prepare('SELECT * FROM jobs WHERE cleanedAt IS NULL').all());
    const recent = db.prepare('SELECT * FROM jobs ORDER BY seq DESC LIMIT ?').all(jobLimit);
    return {
      connection: connectionIn(db),
      held: active.filter(isHeld).length,
      unreported: active.filter(({ phase }) => phase === 'exited').length,
      recentJobs: readable(recent),
      ...readUnits(db),
    };
  } finally {
    db.close();
  }
}

/** A first start makes the file, and the tables only then; those for units came with a later version. */
function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
}

function readUnits(db: DatabaseSync): Pick<AgentStoreSummary, 'desired' | 'schedule' | 'services'> {
  if (!hasTable(db, 'services')) return NO_UNITS;
  const desired = db.prepare('SELECT record FROM desired').get();
  const schedule = db.prepare('SELECT record FROM schedule').all();
  const services = db.prepare('SELECT record FROM services').all();
  return {
    desired: desired === undefined ? undefined : parseDesired(String(desired['record'])),
    schedule: schedule.flatMap(({ record }) => parseTaskRecord(String(record)) ?? []),
    services: services.flatMap(({ record }) => parseServiceRecord(String(record)) ?? []),
  };
}

/** The agent itself sets aside what cannot be read; here it is passed over. */
function readable(rows: readonly Row[]): Job[] {
  return rows.flatMap((row) => {
    try {
      return [toJob(row)];
    } catch {
      return [];
    }
  });
}
