import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test('groups are listed with the version that they should run', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const groups = [
    { name: 'default', agents: 10 },
    { name: 'web', agents: 0, agentVersion: '1.2.0' },
  ];
  server.answer('GET /admin/groups', { json: { groups } });
  expect((await run(['groups', 'list'])).stdout.split('\n')).toEqual([
    'GROUP    AGENTS  AGENT VERSION',
    'default  10      any',
    'web      0       1.2.0',
    '',
  ]);
  expect(JSON.parse((await run(['groups', 'list', '--json'])).stdout)).toEqual({ groups });
});
