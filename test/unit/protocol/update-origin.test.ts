import { expect, test } from '@jest/globals';
import { updateOf } from '../../../src/protocol/update-origin.ts';

test('only a change of version has one', () => {
  const origin = { updateTo: '1.1.0', updateFrom: '1.0.0' };
  expect(updateOf({ origin })).toBe(origin);
  expect(updateOf({ origin: { task: 'nightly', dueAt: 1, attempt: 1 } })).toBeUndefined();
  expect(updateOf({})).toBeUndefined();
});
