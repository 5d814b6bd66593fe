import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../../support/cleanup.ts';
import { startLoggedIn } from '../../../../support/logged-in.ts';
import { sampleReleases } from '../../../../support/sample-releases.ts';

const onEnd = useCleanup();

test('keys are listed with the place where they are', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const { keys } = sampleReleases();
  server.answer('GET /admin/releases', { json: sampleReleases() });
  const rows = (await run(['releases', 'keys', 'list'])).stdout
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(rows.slice(1, 3).map(([role, , kept]) => [role, kept])).toEqual([
    ['root', 'elsewhere'],
    ['targets', 'on the server'],
  ]);
  expect(JSON.parse((await run(['releases', 'keys', 'list', '--json'])).stdout)).toEqual({ keys });
});
