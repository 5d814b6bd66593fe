import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();

test("one's own password is changed, both typed", async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('PATCH /admin/login', { json: { success: 'changed' } });
  const result = await run(['password'], { typed: ['old', 'longenough', 'longenough'] });
  expect(result).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/Changed the password of "admin"\n$/),
  });
  expect(server.seen).toMatchObject([
    { body: { username: 'admin', password: 'old', newPassword: 'longenough' } },
  ]);
});

test('both come from the environment where there is no terminal', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('PATCH /admin/login', { json: { success: 'changed' } });
  const env = { COMMANDER_PASSWORD: 'old', COMMANDER_NEW_PASSWORD: 'longenough' };
  expect(await run(['password'], { env })).toMatchObject({ code: 0 });
});

test('a wrong present password is told', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const body = { error: 'password does not match', code: 'CREDENTIALS_REFUSED' };
  server.answer('PATCH /admin/login', { status: 401, body });
  const env = { COMMANDER_PASSWORD: 'wrong', COMMANDER_NEW_PASSWORD: 'longenough' };
  expect(await run(['password'], { env })).toEqual({
    code: 5,
    stdout: '',
    stderr: 'commander: Cannot change the password: password does not match\n',
  });
});
