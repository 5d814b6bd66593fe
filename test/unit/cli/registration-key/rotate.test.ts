import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('the new key is printed, and what that means for old tokens is said', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('PUT /admin/registration-key', { json: { registrationKey: 'key-2' } });
  expect(await run(['registration-key', 'rotate'])).toEqual({
    code: 0,
    stdout: 'key-2\n',
    stderr: 'Join tokens made before no longer work; make one with: commander token create\n',
  });
});
