import { expect, test } from '@jest/globals';
import { localTime } from '../../../../src/cli/format/time.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();
const accounts = [
  { username: 'admin', createdAt: '2026-11-23T07:00:00.000Z' },
  { username: 'grace', createdAt: '2026-11-23T08:00:00.000Z' },
];

test('accounts are listed with the time they were made', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/accounts', { json: { accounts } });
  const lines = accounts.map(({ username, createdAt }) => `${username.padEnd(8)}  ${localTime(createdAt)}\n`);
  expect(await run(['accounts', 'list'])).toEqual({
    code: 0,
    stdout: `USERNAME  CREATED\n${lines.join('')}`,
    stderr: '',
  });
});

test('--json gives them as the server does', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/accounts', { json: { accounts } });
  expect(JSON.parse((await run(['accounts', 'list', '--json'])).stdout)).toEqual({ accounts });
});
