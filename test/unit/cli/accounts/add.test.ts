import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('an account is added with a password from stdin', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/accounts', { json: { success: 'added' } });
  const result = await run(['accounts', 'add', 'grace', '--password-file', '-'], { input: 'longenough\n' });
  expect(result).toEqual({ code: 0, stdout: '', stderr: 'Added account "grace"\n' });
  expect(server.seen).toMatchObject([{ body: { username: 'grace', password: 'longenough' } }]);
});

test('an account that exists is a conflict', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/accounts', {
    status: 400,
    body: { error: 'username already taken', code: 'ACCOUNT_EXISTS' },
  });
  expect(await run(['accounts', 'add', 'grace'], { env: { COMMANDER_NEW_PASSWORD: 'longenough' } })).toEqual({
    code: 7,
    stdout: '',
    stderr: 'commander: Cannot add account "grace": username already taken\n',
  });
});

test("the admin's own password is not taken for the new account", async () => {
  const { run } = await startLoggedIn(onEnd);
  const { code, stderr } = await run(['accounts', 'add', 'grace'], {
    env: { COMMANDER_PASSWORD: 'longenough' },
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining('COMMANDER_NEW_PASSWORD')]);
});
