import { expect, test } from '@jest/globals';
import { readFlag, readKind, readNumber, requireSingles } from '../../../../src/server/api/query.ts';

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

test.each([
  ['true', true],
  ['false', false],
  [undefined, undefined],
])('the flag %j is %j', (outdated, flag) => {
  expect(readFlag({ outdated }, 'outdated')).toBe(flag);
});

test('any other flag is refused', () => {
  expect(() => readFlag({ outdated: 'yes' }, 'outdated')).toThrow(
    '"outdated" must be true or false, not "yes"',
  );
});

test('a parameter that was given twice is refused', () => {
  expect(() => requireSingles({ name: 'a', limit: ['1', '2'] })).toThrow(
    expect.objectContaining({ code: 'MESSAGE_INVALID', message: '"limit" was given more than once' }),
  );
  expect(() => requireSingles({ name: 'a' })).not.toThrow();
  expect(() => requireSingles(undefined)).not.toThrow();
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
