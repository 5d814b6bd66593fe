import { expect, test } from '@jest/globals';
import { hintFor } from '../../../src/cli/hints.ts';
import { AppError } from '../../../src/lib/errors.ts';

test('an error with one way out is given the hint', () => {
  expect(hintFor(new AppError('NOT_LOGGED_IN', 'No session'))).toBe(
    'Log in with: commander login --server URL',
  );
});

test.each([new AppError('INTERNAL', 'x'), new Error('x'), 'x'])('%s has no hint', (error) => {
  expect(hintFor(error)).toBeUndefined();
});
