import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('logout forgets the key, and the next command says to log in', async () => {
  const { configDir, run } = await startLoggedIn(onEnd);
  expect(await run(['logout'])).toEqual({ code: 0, stdout: '', stderr: 'Logged out\n' });
  expect(existsSync(join(configDir, 'session.json'))).toBe(false);
  expect(await run(['agents', 'list'])).toEqual({
    code: 5,
    stdout: '',
    stderr: 'commander: You are not logged in to a server\nLog in with: commander login --server URL\n',
  });
});

test('logging out twice is fine', async () => {
  const { run } = await startLoggedIn(onEnd);
  await run(['logout']);
  expect(await run(['logout'])).toMatchObject({ code: 0 });
});
