import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('a group is created', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/groups', { json: { success: 'group added' } });
  expect(await run(['groups', 'create', 'web'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Created group "web"; move agents to it with: commander agents move\n',
  });
  expect(server.seen[0]?.body).toEqual({ name: 'web' });
});
