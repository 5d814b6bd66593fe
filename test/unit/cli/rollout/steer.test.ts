import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test.each([
  ['pause', 'stands still'],
  ['resume', 'goes on'],
])('%s is asked for, by group', async (verb, done) => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer(`POST /admin/rollouts/web/${verb}`, { json: { success: verb } });
  expect(await run(['rollout', verb, 'web'])).toMatchObject({
    code: 0,
    stderr: `The rollout in group "web" ${done}\n`,
  });
  expect(server.seen).toHaveLength(1);
});

test.each([
  [{ agentVersion: '1.0.0' }, 'Its agents go back to version 1.0.0'],
  [
    {},
    'The group has no version, so its agents stay at what they run; give them one with: commander groups set-version web VERSION',
  ],
])('abort is asked for by group, and what its agents do then is told: %j', async (version, told) => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/rollouts/web/abort', { json: { success: 'abort' } });
  server.answer('GET /admin/groups', { json: { groups: [{ name: 'web', agents: 3, ...version }] } });
  expect(await run(['rollout', 'abort', 'web'])).toMatchObject({
    code: 0,
    stderr: `The rollout in group "web" is over\n${told}\n`,
  });
});
