import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { JobPhase } from '../../src/store/agent/job-journal.ts';

const GIVE_UP_MS = 10_000;

/**
 * Looks at a job in an agent's journal, without pause and without letting anything else run in this process, until it is in
 * `phase` or beyond, and calls `strike` at that very moment: a phase may last less than a millisecond.
 */
export function strikeAtPhase(
  { stateDir, jobID, phase }: { stateDir: string; jobID: string; phase: JobPhase },
  strike: () => void,
): void {
  const deadline = performance.now() + GIVE_UP_MS;
  const { db, look } = openJournal(join(stateDir, 'state.db'), deadline);
  try {
    while (performance.now() < deadline) {
      const row = look.get(jobID);
      if (row === undefined || !String(row['phaseTimes']).includes(`"${phase}"`)) continue;
      strike();
      return;
    }
  } finally {
    db.close();
  }
}

/** As soon as the agent has made it. */
function openJournal(path: string, deadline: number): { db: DatabaseSync; look: StatementSync } {
  while (performance.now() < deadline) {
    if (!existsSync(path)) continue;
    const db = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
    try {
      return { db, look: db.prepare('SELECT phaseTimes FROM jobs WHERE jobID = ?') };
    } catch {
      db.close(); // no tables yet
    }
  }
  throw new Error(`There was no journal at "${path}" in time`);
}
