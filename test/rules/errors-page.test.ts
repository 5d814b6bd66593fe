import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { AppError, ERROR_CODES } from '../../src/lib/errors.ts';
import { EXIT, exitCodeOf } from '../../src/lib/exit-codes.ts';

const page = readFileSync('docs/errors.md', 'utf8');

test('docs/errors.md lists every error code with its exit code, in order', () => {
  const documented = rowsUnder('Error codes').map(([code, exit]) => [code, Number(exit)]);
  expect(documented).toEqual(ERROR_CODES.map((code) => [code, exitCodeOf(new AppError(code, ''))]));
});

test('docs/errors.md lists every exit code, in order', () => {
  const documented = rowsUnder('Exit codes').map(([exit, name]) => [name, Number(exit)]);
  expect(documented).toEqual(Object.entries(EXIT));
});

test('error codes are sorted, so that two branches seldom touch the same line', () => {
  expect([...ERROR_CODES].sort()).toEqual(ERROR_CODES);
});

/** The cells of the table below a heading, without its head. */
function rowsUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
