import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();

test('a setting is unset, then what it was last set to, whatever others are', async () => {
  const { settings } = openTestStore(onEnd);
  const before = await settings.get('registrationKey');
  await settings.set('registrationKey', 'one');
  await settings.set('registrationKey', 'two');
  await settings.set('tokenSecret', 'secret');
  expect([before, await settings.get('registrationKey'), await settings.get('tokenSecret')]).toEqual([
    undefined,
    'two',
    'secret',
  ]);
});
