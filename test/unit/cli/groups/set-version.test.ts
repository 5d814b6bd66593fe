import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

async function setVersion(...argv: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('PUT /admin/groups/web/version', { json: { success: 'version set' } });
  const result = await run(['groups', 'set-version', 'web', ...argv]);
  return { ...result, body: server.seen[0]?.body };
}

test.each([
  [
    '1.2.0',
    '1.2.0',
    'version 1.2.0 from now on; those that do not yet: commander agents list --group web --outdated',
  ],
  ['--any', null, 'any version from now on'],
])('"%s" is set for a group', async (word, agentVersion, what) => {
  expect(await setVersion(word)).toEqual({
    code: 0,
    stdout: '',
    stderr: `The agents of group "web" should run ${what}\n`,
    body: { agentVersion },
  });
});

test.each([[[]], [['1.2.0', '--any']]])('%j is no version', async (argv) => {
  expect(await setVersion(...argv)).toMatchObject({ code: 2, body: undefined });
});
