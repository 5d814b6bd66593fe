import { describe, expect, test } from '@jest/globals';
import { AppError, ERROR_CODES } from '../../../src/lib/errors.ts';
import { EXIT, exitCodeOf } from '../../../src/lib/exit-codes.ts';

describe('exitCodeOf', () => {
  test.each([
    ['JOB_FAILED', EXIT.jobFailed],
    ['SERVER_UNREACHABLE', EXIT.unreachable],
    ['TOKEN_INVALID', EXIT.invalidInput],
    ['STATE_TOO_NEW', EXIT.localState],
  ] as const)('%s ends with %d', (code, exit) => {
    expect(exitCodeOf(new AppError(code, 'x'))).toBe(exit);
  });

  test('what is not ours is a defect of ours', () => {
    expect(exitCodeOf(new TypeError('x is not a function'))).toBe(EXIT.internal);
    expect(exitCodeOf('thrown text')).toBe(EXIT.internal);
  });

  test('no failure exits with success', () => {
    expect(ERROR_CODES.filter((code) => exitCodeOf(new AppError(code, 'x')) === 0)).toEqual([]);
  });
});
