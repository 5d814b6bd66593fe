import { describe, expect, test } from '@jest/globals';
import {
  AppError,
  describeError,
  errorFields,
  isAppError,
  systemErrorCode,
} from '../../../src/lib/errors.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
const unreachable = new AppError('SERVER_UNREACHABLE', 'Cannot reach "https://a:1"', {
  cause: refused,
  retryable: true,
  retryAfterMs: 2_000,
});

describe('AppError', () => {
  test('carries what callers decide by', () => {
    expect(unreachable).toMatchObject({
      name: 'AppError',
      code: 'SERVER_UNREACHABLE',
      retryable: true,
      retryAfterMs: 2_000,
      cause: refused,
    });
    expect(new AppError('USAGE', 'No')).toMatchObject({ retryable: false, retryAfterMs: undefined });
  });
});

describe('isAppError', () => {
  test.each([
    [unreachable, [], true],
    [unreachable, ['SERVER_UNREACHABLE', 'SERVER_ERROR'], true],
    [unreachable, ['SERVER_ERROR'], false],
    [refused, [], false],
    [undefined, [], false],
  ] as const)('%s with codes %j: %s', (error, codes, answer) => {
    expect(isAppError(error, ...codes)).toBe(answer);
  });
});

describe('describeError', () => {
  test.each([
    ['one error', new Error('broken'), 'broken'],
    ['a chain', unreachable, 'Cannot reach "https://a:1": connect ECONNREFUSED 127.0.0.1:1'],
    ['an error without a message', new TypeError(), 'TypeError'],
    ['a thrown string', 'oops', 'oops'],
    ['a thrown null', null, 'null'],
    [
      'several at once',
      new AggregateError([new Error('a'), refused], 'All failed'),
      `All failed; a; ${refused.message}`,
    ],
    [
      'what Node throws when no address answers',
      new AggregateError([new Error('a'), new Error('b')]),
      'a; b',
    ],
  ])('tells %s', (_, error, text) => {
    expect(describeError(error)).toBe(text);
  });

  test('ends for an error that causes itself', () => {
    const error = new Error('snake');
    error.cause = error;
    expect(describeError(error)).toMatch(/^snake(: snake)+$/);
  });
});

describe('systemErrorCode', () => {
  test.each([
    ['on the error itself', refused, 'ECONNREFUSED'],
    ['below our own errors, whose code is not one of the system', unreachable, 'ECONNREFUSED'],
    ['nowhere', new AppError('USAGE', 'No'), undefined],
    ['on something that is no error', { code: 'ENOENT' }, undefined],
  ])('finds the code %s', (_, error, code) => {
    expect(systemErrorCode(error)).toBe(code);
  });
});

describe('errorFields', () => {
  test.each([
    ['our code', unreachable, 'SERVER_UNREACHABLE'],
    ["the system's code", refused, 'ECONNREFUSED'],
    ['INTERNAL when there is none', new Error('broken'), 'INTERNAL'],
  ])('has %s, the chain and the stack', (_, error, code) => {
    expect(errorFields(error)).toEqual({ code, chain: describeError(error), stack: error.stack });
  });

  test('has no stack for what has none', () => {
    expect(errorFields('oops')).toEqual({ code: 'INTERNAL', chain: 'oops' });
  });
});
