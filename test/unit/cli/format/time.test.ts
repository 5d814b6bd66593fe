import { describe, expect, test } from '@jest/globals';
import {
  formatDuration,
  localTime,
  relativeTime,
  timeWithDistance,
} from '../../../../src/cli/format/time.ts';

const NOW = Date.parse('2026-11-23T07:41:05.000Z');

test('an instant is shown in local time, to the second', () => {
  const local = new Date(2026, 10, 3, 7, 4, 5);
  expect(localTime(local.toISOString())).toBe('2026-11-03 07:04:05');
});

test('what is no instant is shown as it is', () => {
  expect(localTime('yesterday')).toBe('yesterday');
});

describe('the distance from now', () => {
  test.each([
    ['2026-11-23T07:41:05.000Z', 'now'],
    ['2026-11-23T07:41:04.100Z', 'now'],
    ['2026-11-23T07:40:10.000Z', '55 s ago'],
    ['2026-11-23T07:38:00.000Z', '3 min ago'],
    ['2026-11-23T05:41:05.000Z', '2 h ago'],
    ['2026-11-01T07:41:05.000Z', '22 d ago'],
    ['2026-11-23T07:43:05.000Z', 'in 2 min'],
    ['2027-02-21T07:41:05.000Z', 'in 90 d'],
  ])('of %s is "%s"', (instant, distance) => {
    expect(relativeTime(instant, NOW)).toBe(distance);
  });
});

test('both together put the distance in brackets', () => {
  const instant = '2026-11-23T07:38:00.000Z';
  expect(timeWithDistance(instant, NOW)).toBe(`${localTime(instant)} (3 min ago)`);
});

test.each([
  [0.4, '0 ms'],
  [4, '4 ms'],
  [999, '999 ms'],
  [1500, '1.5 s'],
  [125_000, '2 min 5 s'],
  [10_800_000, '3 h 0 min'],
])('a duration of %d ms is shown as "%s"', (ms, shown) => {
  expect(formatDuration(ms)).toBe(shown);
});
