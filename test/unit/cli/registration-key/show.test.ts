import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test.each([
  [[], 'key-1\n'],
  [['--json'], '{\n  "registrationKey": "key-1"\n}\n'],
])('the key is printed: %j', async (flags, stdout) => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/registration-key', { json: { registrationKey: 'key-1' } });
  expect(await run(['registration-key', 'show', ...flags])).toEqual({ code: 0, stdout, stderr: '' });
});
