import { InvalidArgumentError } from 'commander';
import { expect, test } from '@jest/globals';
import { collect, wholeNumber } from '../../../../src/cli/input/option-values.ts';

test.each(['0', '8443', '65535'])('"%s" is a port', (text) => {
  expect(wholeNumber(0, 65_535)(text)).toBe(Number(text));
});

test.each(['', ' 1', '-1', '1.5', '1e3', '0x10', '65536', 'https'])('"%s" is no port', (text) => {
  expect(() => wholeNumber(0, 65_535)(text)).toThrow(InvalidArgumentError);
  expect(() => wholeNumber(0, 65_535)(text)).toThrow('It must be a whole number from 0 to 65535.');
});

test('a repeated option collects its values in order', () => {
  expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
});
