import { beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import { AdminTokens } from '../../../../src/server/accounts/admin-tokens.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('AdminTokens', () => {
  const onEnd = useCleanup();
  let clock: SettableClock;
  let settings: ReturnType<typeof openTestStore>['settings'];
  let tokens: AdminTokens;

  beforeEach(() => {
    clock = new SettableClock();
    ({ settings } = openTestStore(onEnd));
    tokens = new AdminTokens(settings, clock);
  });

  test("carry the original's claims and live 15 minutes", async () => {
    const token = await tokens.issue('root');
    const now = clock.now() / 1000;
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decodeJwt(token)).toEqual({
      fresh: false,
      iat: now,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'access',
      sub: 'root',
      nbf: now,
      exp: now + 900,
    });
  });

  test('name their user until they expire', async () => {
    const token = await tokens.issue('root');
    clock.advance(899_000);
    expect(await tokens.check(token)).toEqual({ username: 'root' });
    clock.advance(1000);
    expect(await tokens.check(token)).toEqual({ problem: 'expired', message: 'Token has expired' });
  });

  test('outlive a restart of the server, as the key is in the store', async () => {
    const token = await tokens.issue('root');
    expect(await new AdminTokens(settings, clock).check(token)).toEqual({ username: 'root' });
  });

  test.each([
    ['that is no token', () => 'abc', 'Not enough segments'],
    [
      'with a changed signature',
      (token: string) => `${token.slice(0, -6)}AAAAAA`,
      'Signature verification failed',
    ],
    [
      'without a signature',
      (token: string) => `${token.split('.').slice(0, 2).join('.')}.`,
      expect.any(String),
    ],
  ])('are invalid %s', async (_what, spoil, message) => {
    const token = spoil(await tokens.issue('root'));
    expect(await tokens.check(token)).toEqual({ problem: 'invalid', message });
  });

  test('are invalid when unsigned, or signed for another purpose', async () => {
    await tokens.issue('root');
    const secret = new TextEncoder().encode(await settings.get('tokenSecret'));
    const now = clock.now() / 1000;
    const refresh = await new SignJWT({ type: 'refresh', sub: 'root', nbf: now, exp: now + 900 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);
    const payload = (await tokens.issue('root')).split('.')[1] ?? '';
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect([await tokens.check(refresh), await tokens.check(unsigned)]).toEqual([
      { problem: 'invalid', message: 'Only access tokens are allowed' },
      { problem: 'invalid', message: expect.any(String) },
    ]);
  });
});
