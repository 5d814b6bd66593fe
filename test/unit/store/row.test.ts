import { expect, test } from '@jest/globals';
import { fromRow } from '../../../src/store/row.ts';

test('a row becomes a record without its NULLs, and no row becomes none', () => {
  expect([fromRow({ name: 'a', size: 0, text: '', gone: null }), fromRow(undefined)]).toEqual([
    { name: 'a', size: 0, text: '' },
    undefined,
  ]);
});
