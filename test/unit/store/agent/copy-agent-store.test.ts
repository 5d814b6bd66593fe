import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { copyAgentStore, tryAgentStore } from '../../../../src/store/agent/copy-agent-store.ts';
import { openAgentStore, type AgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { readAgentStore } from '../../../../src/store/agent/read-agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function open(stateDir: string): AgentStore {
  const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
  onEnd(() => store.close());
  return store;
}

test('the memory of an agent that runs is copied, with what it wrote last', () => {
  const [stateDir, copyDir] = [makeTempDir(onEnd), makeTempDir(onEnd)];
  const jobs = open(stateDir).journal.accept([sampleAssignment({ jobID: 'one' })]);
  copyAgentStore(stateDir, copyDir);
  expect(readAgentStore(copyDir).recentJobs).toEqual(jobs);
  expect(() => tryAgentStore(copyDir)).not.toThrow();
});

test('of an agent that has never run there is nothing to copy', () => {
  const copyDir = makeTempDir(onEnd);
  copyAgentStore(makeTempDir(onEnd), copyDir);
  expect(readdirSync(copyDir)).toEqual([]);
});

test('a copy that cannot be made is told with both paths', () => {
  const stateDir = makeTempDir(onEnd);
  open(stateDir);
  const nowhere = join(stateDir, 'nowhere');
  expect(() => copyAgentStore(stateDir, nowhere)).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE' }),
  );
});

test('one that a later version has made unreadable is told apart', () => {
  const stateDir = makeTempDir(onEnd);
  tryAgentStore(stateDir);
  using db = new DatabaseSync(join(stateDir, 'state.db'));
  db.exec('INSERT INTO schema_migrations (version, breaking) VALUES (999, 1)');
  expect(() => tryAgentStore(stateDir)).toThrow(expect.objectContaining({ code: 'STATE_TOO_NEW' }));
});

test('a damaged one is told, and stays where it is', () => {
  const stateDir = makeTempDir(onEnd);
  writeFileSync(
    join(stateDir, 'state.db'),
    'no database at all, but long enough to be looked at'.repeat(100),
  );
  expect(() => tryAgentStore(stateDir)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
  expect(readdirSync(stateDir)).toEqual(['state.db']);
});
