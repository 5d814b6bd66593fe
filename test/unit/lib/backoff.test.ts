import { describe, expect, test } from '@jest/globals';
import { Backoff } from '../../../src/lib/backoff.ts';
import type { Clock } from '../../../src/lib/clock.ts';

const never = new AbortController().signal;

function makeBackoff(random: number, slept: number[] = []): Backoff {
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  return new Backoff({ baseMs: 100, capMs: 1_000, clock, random: () => random });
}

function take(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => backoff.next());
}

describe('Backoff', () => {
  test('doubles the ceiling with each failure up to the cap', () => {
    expect(take(makeBackoff(0.999999), 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('spreads each wait over the whole range from zero', () => {
    expect(take(makeBackoff(0), 3)).toEqual([0, 0, 0]);
    expect(take(makeBackoff(0.5), 3)).toEqual([50, 100, 200]);
  });

  test('stays at the cap after thousands of failures', () => {
    expect(take(makeBackoff(0.999999), 5_000).at(-1)).toBe(1_000);
  });

  test('starts over after a reset', () => {
    const backoff = makeBackoff(0.999999);
    take(backoff, 4);
    expect(backoff.failures).toBe(4);
    backoff.reset();
    expect([backoff.failures, backoff.next()]).toEqual([0, 100]);
  });

  test('never waits less than Retry-After, and still spreads those who were told the same', () => {
    expect(makeBackoff(0).next(5_000)).toBe(5_000);
    expect(makeBackoff(0.5).next(5_000)).toBe(5_050);
  });

  test('sleeps on the clock for as long as it says', async () => {
    const slept: number[] = [];
    const backoff = makeBackoff(0.5, slept);
    await backoff.wait(never);
    await backoff.wait(never, 3_000);
    expect(slept).toEqual([50, 3_100]);
  });
});
