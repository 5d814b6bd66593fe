import { expect, test } from '@jest/globals';
import { parseRetryAfter } from '../../../src/lib/retry-after.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');

test.each([
  [undefined, undefined],
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5000],
  ['Mon, 23 Nov 2026 08:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 07:00:00 GMT', 0],
  ['soon', undefined],
  ['-5 minutes', undefined],
  ['', undefined],
])('"%s" asks for %s ms', (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});
