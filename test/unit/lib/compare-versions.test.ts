import { expect, test } from '@jest/globals';
import { compareVersions } from '../../../src/lib/compare-versions.ts';

test('a newer version comes after an older one', () => {
  const ordered = [
    ...['0.9.0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0~alpha.beta', '1.0.0-beta.2', '1.0.0~beta.11'],
    ...['1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0'],
  ];
  expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
});

test.each([
  ['1.2.3', '1.2.3'],
  ['1.2.3-rc.1', '1.2.3~rc.1'],
  ['1.2.3+build.5', '1.2.3'],
])('%s and %s are the same', (a, b) => {
  expect(compareVersions(a, b)).toBe(0);
});
