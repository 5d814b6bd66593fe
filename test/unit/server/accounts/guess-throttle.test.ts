import { describe, expect, test } from '@jest/globals';
import { GuessThrottle } from '../../../../src/server/accounts/guess-throttle.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('GuessThrottle', () => {
  const clock = new SettableClock();
  const make = (options = {}): GuessThrottle =>
    new GuessThrottle({ clock, freeGuesses: 3, baseMs: 1000, capMs: 5000, ...options });

  function guess(throttle: GuessThrottle, key = 'a'): number {
    try {
      throttle.begin(key);
      return 0;
    } catch (error) {
      return (error as { retryAfterMs: number }).retryAfterMs;
    }
  }

  test('lets a few wrong guesses pass, then doubles the wait up to its cap', () => {
    const throttle = make();
    const waits = Array.from({ length: 6 }, () => {
      guess(throttle);
      const waitMs = guess(throttle);
      clock.advance(waitMs);
      return waitMs;
    });
    // Two guesses are free a round while there are any; each round after that makes one.
    expect(waits).toEqual([0, 1000, 2000, 4000, 5000, 5000]);
  });

  test('refuses with a code, a sentence and the time to wait', () => {
    const throttle = make({ freeGuesses: 1 });
    throttle.begin('a');
    expect(() => throttle.begin('a')).toThrow(
      expect.objectContaining({
        code: 'CREDENTIALS_REFUSED',
        retryAfterMs: 1000,
        message: 'Too many wrong guesses; try again in 1 s',
      }),
    );
  });

  test('forgets the failures of whoever guesses right', () => {
    const throttle = make({ freeGuesses: 2 });
    throttle.begin('a');
    throttle.succeeded('a');
    expect([guess(throttle), guess(throttle)]).toEqual([0, 0]);
  });

  test('counts each key by itself', () => {
    const throttle = make({ freeGuesses: 1 });
    throttle.begin('a');
    expect([guess(throttle, 'b'), guess(throttle, 'a')]).toEqual([0, 1000]);
  });

  test('forgets a key that stayed away for longer than the cap', () => {
    const throttle = make({ freeGuesses: 2 });
    guess(throttle);
    guess(throttle);
    clock.advance(1000 + 5000 + 1);
    expect([guess(throttle), guess(throttle), guess(throttle)]).toEqual([0, 0, 1000]);
  });

  test('remembers no more keys than it may', () => {
    const throttle = make({ freeGuesses: 1, maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) throttle.begin(key);
    expect([guess(throttle, 'b'), guess(throttle, 'c'), guess(throttle, 'a')]).toEqual([1000, 1000, 0]);
  });
});
