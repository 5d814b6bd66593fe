import { expect, test } from '@jest/globals';
import { darwinPlatform, parseHardwareID } from '../../../src/platform/darwin.ts';

test.each([
  [true, '/Library/Application Support/Commander Agent'],
  [false, '/home/ada/Library/Application Support/Commander Agent'],
])('everything lies in Application Support (root: %s)', (isAdmin, dir) => {
  const platform = darwinPlatform({ environment: {}, homeDir: '/home/ada', rootDir: '/', isAdmin });
  expect([platform.defaultStateDir(), platform.defaultConfigPath()]).toEqual([
    `${dir}/state`,
    `${dir}/config.json`,
  ]);
});

test('the machine is known by its hardware', () => {
  const registry = `  | {
  |   "IOPlatformSerialNumber" = "C02XXXXXXXXX"
  |   "IOPlatformUUID" = "8F1C2D3E-0000-1111-2222-333344445555"
  | }`;
  expect(parseHardwareID(registry)).toBe('8F1C2D3E-0000-1111-2222-333344445555');
  expect(parseHardwareID('')).toBeUndefined();
});
