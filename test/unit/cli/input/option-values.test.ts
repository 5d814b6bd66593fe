import { InvalidArgumentError } from 'commander';
import { expect, test } from '@jest/globals';
import { byteCount, collect, duration, names, wholeNumber } from '../../../../src/cli/input/option-values.ts';

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

test.each([
  ['90', 90],
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['1d', 86_400],
])('"%s" is a time of %d seconds', (text, seconds) => {
  expect(duration(1, 86_400)(text)).toBe(seconds);
});

test.each(['', '0', '25h', '1.5h', '-1s', '1w', '1 m', '1m30s'])('"%s" is no time within a day', (text) => {
  expect(() => duration(1, 86_400)(text)).toThrow('It must be a time such as 90s, 15m, 2h or 1d');
});

test.each([
  ['500', 500],
  ['500kB', 500_000],
  ['10MB', 10_000_000],
  ['1g', 1_000_000_000],
])('"%s" is a size of %d bytes', (text, bytes) => {
  expect(byteCount(text)).toBe(bytes);
});

test.each(['', 'MB', '1.5MB', '1TB', '-1'])('"%s" is no size', (text) => {
  expect(() => byteCount(text)).toThrow('It must be a size such as 500kB or 10MB.');
});

test('names come with commas between, or one by one', () => {
  expect(names('c', names('a,b,', undefined))).toEqual(['a', 'b', 'c']);
});
