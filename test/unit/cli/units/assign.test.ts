import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { answerUnits } from '../../../support/sample-units.ts';

const onEnd = useCleanup();

test('a service is assigned to groups by its name', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server);
  server.answer('POST /admin/assignments', { json: { success: 'assigned' } });
  expect(await run(['services', 'assign', 'web', '--group', 'a', '--group', 'b'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Assigned service "web" to group "a"\nAssigned service "web" to group "b"\n',
  });
  expect(server.seen.at(-1)?.body).toEqual({ filename: 'web.sh', group: 'b' });
});

test('a task is no service', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  answerUnits(server);
  expect(await run(['services', 'assign', 'backup', '--group', 'a'])).toEqual({
    code: 6,
    stdout: '',
    stderr: 'commander: There is no service "backup"\n',
  });
});
