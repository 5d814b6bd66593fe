import { expect, test } from '@jest/globals';
import { defined } from '../../../src/lib/defined.ts';

test('only what is undefined is left out', () => {
  expect(Object.entries(defined({ a: undefined, b: null, c: 0, d: '', e: false }))).toEqual([
    ['b', null],
    ['c', 0],
    ['d', ''],
    ['e', false],
  ]);
});
