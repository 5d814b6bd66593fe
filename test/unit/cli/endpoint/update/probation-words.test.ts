import { expect, test } from '@jest/globals';
import { probationWords } from '../../../../../src/cli/endpoint/update/probation-words.ts';

const PROBATION = { version: '1.1.0', from: '1.0.0', since: '2026-11-23T07:58:00.000Z', starts: 1 };
const NOW = Date.parse('2026-11-23T08:00:00.000Z');

test.each([
  [1, '1.1.0, begun 2 min ago, started once; else back to 1.0.0'],
  [2, '1.1.0, begun 2 min ago, started 2 times; else back to 1.0.0'],
])('a probation is told with its %i starts', (starts, words) => {
  expect(probationWords({ ...PROBATION, starts }, NOW)).toBe(words);
});
