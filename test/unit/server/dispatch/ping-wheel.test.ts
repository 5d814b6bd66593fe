import { describe, expect, test } from '@jest/globals';
import { PingWheel } from '../../../../src/server/dispatch/ping-wheel.ts';
import { waitFor } from '../../../support/wait-for.ts';

const activeTimers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('PingWheel', () => {
  test('reminds each member once a turn, a whole turn after it came', async () => {
    const wheel = new PingWheel(100);
    const cameAt = performance.now();
    const pings: number[] = [];
    const leave = wheel.add({ ping: () => pings.push(performance.now() - cameAt) });
    await waitFor(() => pings.length >= 3, { what: 'three pings' });
    leave();
    const [first = 0, second = 0, third = 0] = pings;
    expect(first).toBeGreaterThan(70);
    expect(second - first).toBeGreaterThan(70);
    expect(third - second).toBeGreaterThan(70);
  });

  test('keeps no process alive', () => {
    const wheel = new PingWheel(100_000);
    const before = activeTimers();
    const leave = wheel.add({ ping: () => undefined });
    expect(activeTimers()).toBe(before);
    leave();
  });

  test('does not remind a member that has left, also when it leaves at its own ping', async () => {
    const wheel = new PingWheel(25);
    let pings = 0;
    let others = 0;
    const leave = wheel.add({
      ping: () => {
        pings += 1;
        leave();
        leave();
      },
    });
    const leaveToo = wheel.add({ ping: () => (others += 1) });
    await waitFor(() => others >= 3, { what: 'pings of the other member' });
    leaveToo();
    expect(pings).toBe(1);
  });
});
