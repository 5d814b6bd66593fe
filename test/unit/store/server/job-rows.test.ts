import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { listJobsSql } from '../../../../src/store/server/job-rows.ts';
import type { JobFilter } from '../../../../src/store/server/job-store.ts';
import { openServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function explain(filter: JobFilter): string[] {
  const dir = makeTempDir(onEnd);
  openServerStore(dir).close();
  const db = new DatabaseSync(join(dir, 'server.db'));
  onEnd(() => db.close());
  const { sql, parameters } = listJobsSql(filter);
  return db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map(({ detail }) => String(detail));
}

test.each<JobFilter>([
  { limit: 100 },
  { agentID: randomUUID(), limit: 100 },
  { states: ['queued', 'running'], limit: 100 },
  { agentID: 'agent-1', states: ['finished'], limit: 100 },
  { finishedSince: 0, limit: 100 },
  { finishedSince: 0, agentID: 'agent-1', limit: 100, withOutput: true },
])('a list of %j goes through indexes, and sorts nothing, however many jobs there are', (filter) => {
  const wrong = explain(filter).filter(
    (step) => /^SCAN (?!\d|\()/.test(step) || step.includes('TEMP B-TREE FOR ORDER BY'),
  );
  expect(wrong).toEqual([]);
});
