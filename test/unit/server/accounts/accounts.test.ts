import { beforeEach, describe, expect, test } from '@jest/globals';
import { Accounts } from '../../../../src/server/accounts/accounts.ts';
import { GuessThrottle } from '../../../../src/server/accounts/guess-throttle.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

const ROOT = { username: 'root', password: 'correct horse' };

describe('Accounts', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let accounts: Accounts;

  beforeEach(() => {
    const clock = new SettableClock();
    const throttle = new GuessThrottle({ clock, freeGuesses: 2 });
    store = openTestStore(onEnd);
    accounts = new Accounts({ store: store.accounts, certificates: store.certificates, throttle, clock });
  });

  test('make a first one with a password of its own, once', async () => {
    const first = await accounts.ensureFirst();
    expect(first).toEqual({ username: 'admin', password: expect.stringMatching(/^[\w-]{20}$/) });
    expect(await accounts.authenticate(first ?? ROOT, 'here')).toMatchObject({ username: 'admin' });
    expect(await accounts.ensureFirst()).toBeUndefined();
  });

  test.each([
    ['an unknown name', { ...ROOT, username: 'toor' }, 'username not found'],
    ['a wrong password', { ...ROOT, password: 'correct mule' }, 'password does not match'],
  ])('refuse %s', async (_what, credentials, message) => {
    await accounts.add(ROOT);
    await expect(accounts.authenticate(credentials, 'here')).rejects.toMatchObject({
      code: 'CREDENTIALS_REFUSED',
      message,
    });
  });

  test('make a guesser wait, also with the right password then, but nobody at another address', async () => {
    await accounts.add(ROOT);
    const wrong = { ...ROOT, password: 'wrong guess' };
    await Promise.allSettled([accounts.authenticate(wrong, 'there'), accounts.authenticate(wrong, 'there')]);
    await expect(accounts.authenticate(ROOT, 'there')).rejects.toMatchObject({ retryAfterMs: 1000 });
    expect(await accounts.authenticate(ROOT, 'here')).toMatchObject({ username: 'root' });
  });

  test('change a password for whoever knows the old one', async () => {
    await accounts.add(ROOT);
    await accounts.changePassword(ROOT, 'battery staple', 'here');
    await expect(accounts.authenticate(ROOT, 'here')).rejects.toMatchObject({ code: 'CREDENTIALS_REFUSED' });
    const changed = { ...ROOT, password: 'battery staple' };
    expect(await accounts.authenticate(changed, 'here')).toMatchObject({ username: 'root' });
  });

  test.each([
    ['a name that is taken', ROOT, 'ACCOUNT_EXISTS'],
    ['an empty name', { ...ROOT, username: '' }, 'MESSAGE_INVALID'],
    ['a name with a space', { ...ROOT, username: 'ro ot' }, 'MESSAGE_INVALID'],
    ['a short password', { username: 'other', password: 'short' }, 'MESSAGE_INVALID'],
  ])('do not add %s', async (_what, credentials, code) => {
    await accounts.add(ROOT);
    await expect(accounts.add(credentials)).rejects.toMatchObject({ code });
    expect((await accounts.list()).map(({ username }) => username)).toEqual(['root']);
  });

  test('keep the last one, also when two are removed at the same moment', async () => {
    await accounts.add(ROOT);
    await accounts.add({ ...ROOT, username: 'second' });
    const removals = await Promise.allSettled([accounts.remove('root'), accounts.remove('second')]);
    expect(removals).toEqual([
      { status: 'fulfilled', value: undefined },
      { status: 'rejected', reason: expect.objectContaining({ code: 'SERVER_REFUSED' }) },
    ]);
    expect((await accounts.list()).map(({ username }) => username)).toEqual(['second']);
  });

  test('take their certificates along, or the next of that name would have them', async () => {
    await accounts.add(ROOT);
    await accounts.add({ ...ROOT, username: 'second' });
    const certificate = { serial: '0a', kind: 'admin', subject: 'second', issuedAt: 0 } as const;
    await store.certificates.add({ ...certificate, expiresAt: Number.MAX_SAFE_INTEGER });
    await accounts.remove('second');
    expect((await store.certificates.get('0a'))?.revokedAt).toBeDefined();
  });

  test('cannot remove one that is not there', async () => {
    await accounts.add(ROOT);
    await expect(accounts.remove('toor')).rejects.toMatchObject({ code: 'ACCOUNT_NOT_FOUND' });
  });
});
