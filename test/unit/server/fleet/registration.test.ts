import { beforeEach, describe, expect, test } from '@jest/globals';
import { Registration } from '../../../../src/server/fleet/registration.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('Registration', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let registration: Registration;

  beforeEach(() => {
    store = openTestStore(onEnd);
    const { settings, agents } = store;
    registration = new Registration({ settings, agents, clock: new SettableClock(NOON) });
  });

  test('makes its key on the first call and then keeps it', async () => {
    expect(await registration.checkKey('')).toBe('none-yet');
    const key = await registration.key();
    expect(key).toMatch(UUID);
    expect(await registration.key()).toBe(key);
  });

  test('takes the key of now and no other', async () => {
    const old = await registration.key();
    const key = await registration.rotateKey();
    const checks = await Promise.all([key, old, '', `${key}x`].map((text) => registration.checkKey(text)));
    expect(checks).toEqual(['right', 'wrong', 'wrong', 'wrong']);
  });

  test('makes a new agent at each call, known by the key that asked', async () => {
    const facts = { hostname: 'web-1', os: 'Linux', publicKeyHash: 'key-1', certificateExpiresAt: NOON + 1 };
    const first = await registration.register(facts);
    const second = await registration.register(facts);
    expect(first).toMatch(UUID);
    expect(second).not.toBe(first);
    expect(await store.agents.get(first)).toEqual({
      ...facts,
      agentID: first,
      enrolledAt: NOON,
      group: 'default',
    });
  });
});
