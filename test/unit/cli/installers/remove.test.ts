import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();
const NAME = 'commander-agent_1.0.0~rc.1_amd64.deb';

test('the one that is named is removed', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer(`DELETE /admin/installers/${NAME}`, { json: { success: 'removed' } });
  expect(await run(['installers', 'remove', NAME])).toEqual({
    code: 0,
    stdout: '',
    stderr: `Removed installer "${NAME}"\n`,
  });
});

test('one that is not there is an error with its exit code', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const body = { error: `There is no installer "${NAME}"`, code: 'INSTALLER_NOT_FOUND' };
  server.answer(`DELETE /admin/installers/${NAME}`, { status: 404, body });
  expect(await run(['installers', 'remove', NAME])).toEqual({
    code: 6,
    stdout: '',
    stderr: expect.stringContaining(`Cannot remove installer "${NAME}": There is no installer "${NAME}"`),
  });
});
