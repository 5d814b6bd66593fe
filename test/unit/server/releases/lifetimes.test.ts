import { describe, expect, test } from '@jest/globals';
import { expiryOf, isDue, isUrgent } from '../../../../src/server/releases/lifetimes.ts';
import { DAY_MS } from '../../../support/release-world.ts';

const NOW = Date.parse('2026-11-23T08:00:00.700Z');

test.each([
  ['root', '2036-11-22T08:00:00Z'],
  ['targets', '2027-11-23T08:00:00Z'],
  ['snapshot', '2026-12-23T08:00:00Z'],
  ['timestamp', '2026-11-30T08:00:00Z'],
] as const)('what "%s" signs ends at a whole second', (role, end) => {
  expect(expiryOf(role, NOW)).toBe(end);
});

describe('a signature', () => {
  const expires = expiryOf('snapshot', NOW);

  test.each([
    [0, false, false],
    [9, false, false],
    [11, true, false],
    [24, true, false],
    [26, true, true],
    [31, true, true],
  ])('of 30 days is after %i days due: %s, urgent: %s', (days, due, urgent) => {
    const now = NOW + days * DAY_MS;
    expect([isDue('snapshot', expires, now), isUrgent('snapshot', expires, now)]).toEqual([due, urgent]);
  });
});
