import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger, type Logger } from '../../../../src/lib/log.ts';
import { openAgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 23, 8, 30) };

function open(stateDir: string, log: Logger = silentLogger): ReturnType<typeof openAgentStore> {
  return openAgentStore(stateDir, { clock, log });
}

test('only one can have a state folder, and the next one when it lets go', () => {
  const stateDir = join(makeTempDir(onEnd), 'state');
  const first = open(stateDir);
  expect(() => open(stateDir)).toThrow(
    expect.objectContaining({ code: 'AGENT_ALREADY_RUNNING', message: expect.stringContaining(stateDir) }),
  );
  first.journal.accept([sampleAssignment()]);
  first.close();
  const second = open(stateDir);
  onEnd(() => second.close());
  expect(second.journal.active()).toHaveLength(1);
});

/** FAULTS 22 */
test.each<[string, (intact: Buffer) => Buffer]>([
  ['text', () => Buffer.from('this is no database\n'.repeat(200))],
  ['a cut file', (intact) => intact.subarray(0, intact.length - 5000)],
  ['a file with garbage in its middle', (intact) => Buffer.from(intact).fill(0xa5, 4096, 9000)],
])('%s in the place of the journal is set aside, told, and a new one begun', (_, damage) => {
  const stateDir = makeTempDir(onEnd);
  const filePath = join(stateDir, 'state.db');
  const before = open(stateDir);
  before.journal.accept([sampleAssignment()]);
  before.close();
  const damaged = damage(readFileSync(filePath));
  writeFileSync(filePath, damaged);

  const events: string[] = [];
  const store = open(stateDir, { ...silentLogger, error: (evt) => events.push(evt) });
  onEnd(() => store.close());
  expect(events).toEqual(['journal.set-aside']);
  expect(store.journal.active()).toEqual([]);
  expect(store.journal.accept([sampleAssignment()])).toHaveLength(1);
  const asidePath = join(stateDir, 'state.db.damaged-2026-11-23T083000.000Z');
  expect(readFileSync(asidePath)).toEqual(damaged);
});

test('an empty file is a new journal', () => {
  const stateDir = makeTempDir(onEnd);
  writeFileSync(join(stateDir, 'state.db'), '');
  const store = open(stateDir);
  onEnd(() => store.close());
  expect(store.journal.accept([sampleAssignment()])).toHaveLength(1);
  expect(readdirSync(stateDir).filter((name) => name.includes('damaged'))).toEqual([]);
});

test('a journal that a newer version has written is left alone, and so is the lock', () => {
  const stateDir = makeTempDir(onEnd);
  open(stateDir).close();
  const newer = new DatabaseSync(join(stateDir, 'state.db'));
  newer.exec('INSERT INTO schema_migrations (version, breaking) VALUES (999, 1)');
  newer.close();
  for (let attempt = 0; attempt < 2; attempt++)
    expect(() => open(stateDir)).toThrow(expect.objectContaining({ code: 'STATE_TOO_NEW' }));
});
