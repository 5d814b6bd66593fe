import { statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { startServer } from '../../../../src/server/compose/server.ts';
import { initServer } from '../../../../src/server/compose/init.ts';
import { lockDataDir } from '../../../../src/server/lock-data-dir.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
let options: Parameters<typeof initServer>[0];

beforeEach(() => {
  options = { dataDir: join(makeTempDir(onEnd), 'data'), clock: systemClock, log: silentLogger };
});

test('what a server starts with is made once, and the server goes on with it', async () => {
  const { firstAdmin, ...made } = await initServer(options);
  expect(firstAdmin).toEqual({ username: 'admin', password: expect.stringMatching(/^\S{20}$/) });
  expect(made.releaseKeys.map(({ role, onServer }) => [role, onServer])).toEqual([
    ['root', true],
    ['targets', true],
    ['snapshot', true],
    ['timestamp', true],
  ]);
  expect(await initServer(options)).toEqual(made);
  const server = await startServer({ ...options, host: '127.0.0.1', port: 0, names: ['localhost'] });
  onEnd(async () => await server.close());
  expect([server.fingerprint, server.firstAdmin]).toEqual([made.fingerprint, undefined]);
});

test('nobody else can read it', async () => {
  await initServer(options);
  for (const path of ['.', 'ca', 'releases/keys', 'releases/metadata'])
    expect(statSync(join(options.dataDir, path)).mode & 0o077).toBe(0);
});

test('a folder that a server is running on is left alone', async () => {
  await initServer(options);
  const lock = lockDataDir(options.dataDir);
  onEnd(() => lock.release());
  await expect(initServer(options)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
});
