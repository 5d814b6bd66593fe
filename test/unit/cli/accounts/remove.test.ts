import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('an account is removed', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('DELETE /admin/accounts', { json: { success: 'removed' } });
  expect(await run(['accounts', 'remove', 'grace'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Removed account "grace"\n',
  });
  expect(server.seen).toMatchObject([{ body: { username: 'grace' } }]);
});

test('an unknown account is told', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const body = { error: 'username not found', code: 'ACCOUNT_NOT_FOUND' };
  server.answer('DELETE /admin/accounts', { status: 400, body });
  expect(await run(['accounts', 'remove', 'grace'])).toEqual({
    code: 6,
    stdout: '',
    stderr: 'commander: Cannot remove account "grace": username not found\n',
  });
});
