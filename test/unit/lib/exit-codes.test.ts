import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { AppError, ERROR_CODES } from '../../../src/lib/errors.ts';
import { EXIT, exitCodeOf } from '../../../src/lib/exit-codes.ts';

const page = readFileSync(join(process.cwd(), 'docs/errors.md'), 'utf8');

/** The first two cells of every table row whose first cell matches. */
function rows(firstCell: RegExp): [string, string][] {
  return [...page.matchAll(/^\| ([^|]+?) \| ([^|]+?) \|/gm)].flatMap(
    ([, a = '', b = '']): [string, string][] => (firstCell.test(a) ? [[a, b]] : []),
  );
}

describe('exitCodeOf', () => {
  test('docs/errors.md lists every code with its exit code, and no other', () => {
    const inSource = ERROR_CODES.map((code) => [code, String(exitCodeOf(new AppError(code, 'x')))]);
    expect(rows(/^[A-Z_]+$/)).toEqual(inSource);
  });

  test('docs/errors.md names every exit code, and no other', () => {
    expect(rows(/^\d+$/)).toEqual(Object.entries(EXIT).map(([name, code]) => [String(code), name]));
  });

  test('what is not ours is a defect of ours', () => {
    expect(exitCodeOf(new TypeError('x is not a function'))).toBe(EXIT.internal);
    expect(exitCodeOf('thrown text')).toBe(EXIT.internal);
  });

  test('no failure exits with success', () => {
    expect(ERROR_CODES.filter((code) => exitCodeOf(new AppError(code, 'x')) === 0)).toEqual([]);
  });
});
