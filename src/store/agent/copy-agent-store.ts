import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../lib/errors.ts';
import type { MigrateOptions } from '../migrations/migrate.ts';
import { AgentDatabase, DATABASE_NAME } from './agent-database.ts';

const BUSY_TIMEOUT_MS = 5_000;

/**
 * Copies an agent's memory into another folder, as of one moment, whether the agent runs or not.
 * @throws AppError STATE_UNWRITABLE
 */
export function copyAgentStore(stateDir: string, copyDir: string): void {
  const [filePath, copyPath] = [join(stateDir, DATABASE_NAME), join(copyDir, DATABASE_NAME)];
  if (!existsSync(filePath)) return;
  try {
    using db = new DatabaseSync(filePath, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    db.prepare('VACUUM INTO ?').run(copyPath);
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `Cannot copy "${filePath}" to "${copyPath}"`, { cause });
  }
}

/**
 * Opens an agent's memory as an agent does, migrates it, and closes it again; a damaged one stays as it is.
 * @throws AppError STATE_UNWRITABLE, STATE_CORRUPT or STATE_TOO_NEW
 */
export function tryAgentStore(stateDir: string, options: Pick<MigrateOptions, 'holdBreaking'> = {}): void {
  new AgentDatabase(join(stateDir, DATABASE_NAME), options).close();
}
