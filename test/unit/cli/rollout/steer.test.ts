import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test.each([
  ['pause', 'stands still'],
  ['resume', 'goes on'],
  ['abort', 'is over'],
])('%s is asked for, by group', async (verb, done) => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer(`POST /admin/rollouts/web/${verb}`, { json: { success: verb } });
  expect(await run(['rollout', verb, 'web'])).toMatchObject({
    code: 0,
    stderr: `The rollout in group "web" ${done}\n`,
  });
  expect(server.seen).toHaveLength(1);
});
