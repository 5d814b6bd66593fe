import { expect, test } from '@jest/globals';
import { readKind, readNumber } from '../../../../src/server/api/query.ts';

test.each([
  ['0', 0],
  ['10', 10],
  ['007', 7],
])('the parameter "%s" is the number %d', (limit, number) => {
  expect(readNumber({ limit }, 'limit', { fallback: 5, max: 10 })).toBe(number);
});

test('an absent parameter has its default', () => {
  expect(readNumber({}, 'limit', { fallback: 5, max: 10 })).toBe(5);
});

test.each(['', '-1', '1.5', 'x', '11', '1e1', '99999999999'])('the parameter "%s" is refused', (limit) => {
  expect(() => readNumber({ limit }, 'limit', { fallback: 5, max: 10 })).toThrow(
    `"limit" must be a whole number from 0 to 10, not "${limit}"`,
  );
});

test('a parameter that was given twice is refused', () => {
  const query = { limit: ['1', '2'] } as unknown as Record<string, string>;
  expect(() => readNumber(query, 'limit', { fallback: 5, max: 10 })).toThrow(
    expect.objectContaining({ code: 'MESSAGE_INVALID' }),
  );
});

test('a kind of units is one of two, or left open', () => {
  expect([readKind({ kind: 'task' }), readKind({ kind: 'service' }), readKind({})]).toEqual([
    { kind: 'task' },
    { kind: 'service' },
    {},
  ]);
  expect(() => readKind({ kind: 'job' })).toThrow(
    expect.objectContaining({ code: 'MESSAGE_INVALID', message: expect.stringContaining('"job"') }),
  );
});
