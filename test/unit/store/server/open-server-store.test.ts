import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { agentRecord, jobRecord, libraryRecord } from '../../../support/server-records.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('everything is there again when the store is opened again', async () => {
  const dataDir = join(makeTempDir(onEnd), 'data');
  const first = openServerStore(dataDir);
  await first.agents.add(agentRecord());
  await first.library.add(libraryRecord());
  await first.jobs.add(jobRecord());
  await first.settings.set('registrationKey', 'key');
  first.close();

  const second = openServerStore(dataDir);
  onEnd(() => second.close());
  expect([
    await second.agents.list(),
    await second.library.list(),
    await second.jobs.list({}),
    await second.settings.get('registrationKey'),
  ]).toEqual([[agentRecord()], [libraryRecord()], [jobRecord()], 'key']);
});

test('a store that was closed leaves one file', () => {
  const dataDir = makeTempDir(onEnd);
  openServerStore(dataDir).close();
  expect(
    ['server.db', 'server.db-wal', 'server.db-shm'].map((name) => existsSync(join(dataDir, name))),
  ).toEqual([true, false, false]);
});

test('a damaged database is said to be, with its path', () => {
  const dataDir = makeTempDir(onEnd);
  writeFileSync(join(dataDir, 'server.db'), 'garbage '.repeat(1000));
  expect(() => openServerStore(dataDir)).toThrow(
    expect.objectContaining({
      code: 'STATE_CORRUPT',
      message: expect.stringContaining(join(dataDir, 'server.db')) as unknown,
    }),
  );
});
