import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('a group is removed', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('DELETE /admin/groups/web', { json: { success: 'group removed' } });
  expect(await run(['groups', 'remove', 'web'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Removed group "web"\n',
  });
});
