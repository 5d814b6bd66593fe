import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { AdminContext } from '../../../../src/cli/admin-context.ts';
import { proveAgain } from '../../../../src/cli/session/prove-again.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { captureConsole } from '../../../support/run-commander.ts';

const onEnd = useCleanup();

test('the password of whoever is logged in becomes a token', async () => {
  const { server, configDir } = await startLoggedIn(onEnd);
  server.answer('POST /admin/login', { json: { token: 'a.b.c' } });
  const { console } = captureConsole({ env: { COMMANDER_PASSWORD: 'secret' } });
  expect(await proveAgain(new AdminContext({ console, configDir, clock: systemClock }), undefined)).toBe(
    'a.b.c',
  );
  expect(server.seen[0]?.body).toEqual({ username: 'admin', password: 'secret' });
});
