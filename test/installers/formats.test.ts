import { expect, test } from '@jest/globals';
import { FORMATS, parseFormats } from '../../build/installers/formats.ts';
import { TARGET_NAMES } from '../../build/targets.ts';

test('formats are read in the order given, each once', () => {
  expect(parseFormats('msi,deb,msi')).toEqual(['msi', 'deb']);
});

test('an unknown format is refused with those that there are', () => {
  expect(() => parseFormats('deb,snap')).toThrow('Unknown format "snap": give some of deb,rpm,msi,pkg');
});

test('together, the formats bring the agent to every machine that it is packed for', () => {
  const reached = new Set(Object.values(FORMATS).flatMap(({ targets }) => [...targets] as string[]));
  expect([...reached].sort()).toEqual([...TARGET_NAMES].sort());
});
