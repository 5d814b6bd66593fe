import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../../support/cleanup.ts';
import { startLoggedIn } from '../../../../support/logged-in.ts';
import { SIGNED } from '../../../../support/sample-releases.ts';

const onEnd = useCleanup();

test('keys are replaced', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/releases/keys/rotate', { json: SIGNED });
  const argv = ['releases', 'keys', 'rotate', '--role', 'snapshot', '--role', 'timestamp'];
  expect(await run(argv)).toMatchObject({ code: 0, stderr: 'Replaced the key of snapshot, timestamp\n' });
  expect(server.seen[0]?.body).toEqual({ roles: ['snapshot', 'timestamp'] });
  expect(JSON.parse((await run([...argv, '--json'])).stdout)).toEqual({
    roles: ['snapshot', 'timestamp'],
    signed: true,
  });
});
