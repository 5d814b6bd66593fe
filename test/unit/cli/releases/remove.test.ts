import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { SIGNED } from '../../../support/sample-releases.ts';

const onEnd = useCleanup();

test('a version is removed, unless the server has a reason against it', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('DELETE /admin/releases/1.0.0', { json: SIGNED });
  const error = 'Version 1.1.0 is what group "web" should run; change that first';
  server.answer('DELETE /admin/releases/1.1.0', { status: 409, body: { error, code: 'SERVER_REFUSED' } });
  expect(await run(['releases', 'remove', '1.0.0'])).toMatchObject({
    code: 0,
    stderr: 'Removed version 1.0.0\n',
  });
  expect(await run(['releases', 'remove', '1.1.0'])).toMatchObject({
    code: 5,
    stderr: `commander: Cannot remove version 1.1.0: ${error}\n`,
  });
});
