import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { LONGEST_TIMER_MS, systemClock } from '../../../src/lib/clock.ts';
import { Stopped } from '../../../src/lib/stopped.ts';

describe('systemClock', () => {
  test('sleeps at least as long as asked', async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(30);
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(29);
  });

  test.each([LONGEST_TIMER_MS + 1, LONGEST_TIMER_MS * 2, Infinity])(
    'does not fire at once for %d ms, which is more than one timer can hold',
    async (ms) => {
      const stop = new AbortController();
      const long = systemClock.sleep(ms, stop.signal);
      await expect(Promise.race([long, systemClock.sleep(20).then(() => 'still asleep')])).resolves.toBe(
        'still asleep',
      );
      stop.abort(new Stopped('shutdown'));
      await expect(long).rejects.toBe(stop.signal.reason);
    },
  );

  test('rejects at once when the signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Stopped('update'));
    await expect(systemClock.sleep(60_000, signal)).rejects.toBe(signal.reason);
  });

  test('leaves no listener on the signal, however it ends', async () => {
    const stop = new AbortController();
    await systemClock.sleep(1, stop.signal);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort(new Stopped('shutdown'));
    await expect(sleeping).rejects.toThrow();
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  test('tells the time of day in milliseconds', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  });
});
