import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();
const reply = { token: 'cmdr1.abc.def', server: 'https://host:8443', fingerprint: 'ab'.repeat(32) };

async function create(...flags: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/join-tokens', { json: reply });
  return await run(['token', 'create', ...flags]);
}

test('the token is all that is printed', async () => {
  expect(await create()).toEqual({ code: 0, stdout: 'cmdr1.abc.def\n', stderr: '' });
});

test('hints say what to run, and keep stdout for the token', async () => {
  const { stdout, stderr } = await create('--install-hints');
  expect(stdout).toBe('cmdr1.abc.def\n');
  expect(stderr).toContain('\n  commander-agent enroll --token cmdr1.abc.def\n');
});

test('--json tells server and fingerprint too', async () => {
  expect(JSON.parse((await create('--json')).stdout)).toEqual(reply);
});
