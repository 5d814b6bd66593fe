import { expect, test } from '@jest/globals';
import { Throttle } from '../../../../../src/agent/update/download/throttle.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

const { signal } = new AbortController();

test('bytes take their time, whoever brings them', async () => {
  const clock = new VirtualClock('2026-11-23T08:00:00Z');
  const throttle = new Throttle({ bytesPerSecond: 100, clock });
  const passed: number[] = [];
  for (const bytes of [50, 100, 50]) {
    void throttle.pass(bytes, signal).then(() => passed.push(clock.monotonic()));
  }
  await clock.advance(1999);
  expect(passed).toEqual([500, 1500]);
});

test('time in which nothing came is not saved up', async () => {
  const clock = new VirtualClock('2026-11-23T08:00:00Z');
  const throttle = new Throttle({ bytesPerSecond: 100, clock });
  void clock.sleep(1_000_000); // the clock needs somebody who sleeps
  await clock.advance(10_000);
  let passedAt = 0;
  void throttle.pass(100, signal).then(() => (passedAt = clock.monotonic()));
  await clock.advance(2000);
  expect(passedAt).toBe(11_000);
});

test('without a limit nobody waits', async () => {
  const clock = new VirtualClock('2026-11-23T08:00:00Z');
  await new Throttle({ bytesPerSecond: 0, clock }).pass(1e9, signal);
  expect(clock.sleeps).toBe(0);
});

test('it can be told to stop', async () => {
  const clock = new VirtualClock('2026-11-23T08:00:00Z');
  const reason = new Error('enough');
  const passing = new Throttle({ bytesPerSecond: 1, clock }).pass(1, AbortSignal.abort(reason));
  await expect(passing).rejects.toBe(reason);
});
