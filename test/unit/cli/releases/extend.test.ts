import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { SIGNED } from '../../../support/sample-releases.ts';

const onEnd = useCleanup();

test('roles are signed again', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/releases/keys/extend', { json: SIGNED });
  const argv = ['releases', 'extend', '--role', 'root', '--role', 'targets'];
  expect(await run(argv)).toMatchObject({ code: 0, stderr: 'Signed again\n' });
  expect(server.seen[0]?.body).toEqual({ roles: ['root', 'targets'] });
});
