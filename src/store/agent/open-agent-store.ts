import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { AppError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { takeInstanceLock, type InstanceLock } from '../single-instance-lock.ts';
import { AgentDatabase, DATABASE_NAME } from './agent-database.ts';
import type { ConnectionStore } from './connection-record.ts';
import type { DesiredStore } from './desired-store.ts';
import type { JobJournal } from './job-journal.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { SqliteConnectionStore } from './sqlite-connection-store.ts';
import { SqliteDesiredStore } from './sqlite-desired-store.ts';
import { SqliteJobJournal } from './sqlite-job-journal.ts';
import type { ServiceStore } from './service-store.ts';
import { SqliteScheduleStore } from './sqlite-schedule-store.ts';
import { SqliteServiceStore } from './sqlite-service-store.ts';

/** In the state folder; held while an agent owns it. */
export const LOCK_NAME = 'agent.lock';

export interface AgentStore {
  readonly journal: JobJournal;
  readonly connection: ConnectionStore;
  readonly desired: DesiredStore;
  readonly schedule: ScheduleStore;
  readonly services: ServiceStore;
  /** Closes the file and lets the next agent have it. */
  close(): void;
}

export interface AgentStoreOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Leaves the memory readable for the version before this one, see `migrate`. */
  readonly holdBreaking?: boolean;
}

/**
 * Opens the agent's memory in `stateDir`, or makes it; nobody else can while it is open. A damaged file is set aside and an
 * empty one takes its place: an agent that starts without its history is better than one that does not start.
 * @throws AppError AGENT_ALREADY_RUNNING, STATE_UNWRITABLE or STATE_TOO_NEW
 */
export function openAgentStore(stateDir: string, options: AgentStoreOptions): AgentStore {
  const lock = takeLock(stateDir);
  try {
    const database = openSound(join(stateDir, DATABASE_NAME), options);
    return {
      journal: new SqliteJobJournal(database, options),
      connection: new SqliteConnectionStore(database),
      desired: new SqliteDesiredStore(database, options),
      schedule: new SqliteScheduleStore(database, options),
      services: new SqliteServiceStore(database, options),
      close: () => {
        database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function takeLock(stateDir: string): InstanceLock {
  const lock = takeInstanceLock(join(stateDir, LOCK_NAME));
  if (lock !== undefined) return lock;
  throw new AppError(
    'AGENT_ALREADY_RUNNING',
    `Another agent is running on "${stateDir}"; stop it, or give this one a "--state-dir" of its own`,
  );
}

function openSound(filePath: string, options: AgentStoreOptions): AgentDatabase {
  const { clock, log } = options;
  try {
    return new AgentDatabase(filePath, options);
  } catch (error) {
    if (!isAppError(error, 'STATE_CORRUPT')) throw error;
    const asidePath = setAside(filePath, clock);
    log.error('journal.set-aside', 'The journal is damaged; it was set aside, and a new one begun', {
      asidePath,
      err: error,
    });
    return new AgentDatabase(filePath);
  }
}

/** Its log goes with it: SQLite would apply a log that lies beside a new file of the same name. */
function setAside(filePath: string, clock: Clock): string {
  const asidePath = `${filePath}.damaged-${new Date(clock.now()).toISOString().replaceAll(':', '')}`;
  for (const ending of ['', '-wal', '-shm'])
    if (existsSync(filePath + ending)) renameSync(filePath + ending, asidePath + ending);
  return asidePath;
}
