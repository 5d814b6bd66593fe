import { expect, test } from '@jest/globals';
import type { AccountStore } from '../../../../src/store/server/account-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();
const ROOT = { username: 'root', passwordHash: '$2b$1', createdAt: NOON };
const ADA = { username: 'ada', passwordHash: '$2b$2', createdAt: NOON + 1 };

function open(): AccountStore {
  return openTestStore(onEnd).accounts;
}

test('what was added is found and listed by name', async () => {
  const accounts = open();
  await accounts.add(ROOT);
  await accounts.add(ADA);
  expect([await accounts.get('root'), await accounts.get('eve'), await accounts.list()]).toEqual([
    ROOT,
    undefined,
    [ADA, ROOT],
  ]);
});

test('a name is taken once, and the first one stays', async () => {
  const accounts = open();
  await accounts.add(ROOT);
  await expect(accounts.add({ ...ROOT, passwordHash: 'other' })).rejects.toMatchObject({
    code: 'ACCOUNT_EXISTS',
  });
  expect(await accounts.list()).toEqual([ROOT]);
});

test('a password is changed for that account alone', async () => {
  const accounts = open();
  await accounts.add(ROOT);
  await accounts.add(ADA);
  await accounts.setPasswordHash('ada', '$2b$3');
  expect(await accounts.list()).toEqual([{ ...ADA, passwordHash: '$2b$3' }, ROOT]);
});

test('an account that was removed is gone', async () => {
  const accounts = open();
  await accounts.add(ROOT);
  await accounts.add(ADA);
  await accounts.remove('root');
  expect(await accounts.list()).toEqual([ADA]);
});

test('an unknown account can be neither changed nor removed', async () => {
  const accounts = open();
  const unknown = { code: 'ACCOUNT_NOT_FOUND', message: expect.stringContaining('"eve"') };
  await expect(accounts.setPasswordHash('eve', 'x')).rejects.toMatchObject(unknown);
  await expect(accounts.remove('eve')).rejects.toMatchObject(unknown);
});
