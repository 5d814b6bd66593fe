import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('an entry is removed by its name', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('DELETE /admin/library', { json: { success: 'removed' } });
  expect(await run(['library', 'remove', 'hello.sh'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Removed "hello.sh" from the library\n',
  });
  expect(server.seen).toMatchObject([{ body: { filename: 'hello.sh' } }]);
});
