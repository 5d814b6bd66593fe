import { expect, test } from '@jest/globals';
import type { HostFacts } from '../../../src/platform/platform.ts';
import { parseMachineGuid, win32Platform } from '../../../src/platform/win32.ts';

const HOST: HostFacts = {
  environment: { ProgramData: 'C:\\ProgramData', LOCALAPPDATA: 'C:\\Users\\Ada\\AppData\\Local' },
  homeDir: 'C:\\Users\\Ada',
  rootDir: '/',
  isAdmin: true,
};

test.each([
  [true, 'C:\\ProgramData\\Commander Agent'],
  [false, 'C:\\Users\\Ada\\AppData\\Local\\Commander Agent'],
])('everything lies in one folder (administrator: %s)', (isAdmin, dir) => {
  const platform = win32Platform({ ...HOST, isAdmin });
  expect([platform.defaultStateDir(), platform.defaultConfigPath()]).toEqual([
    `${dir}\\state`,
    `${dir}\\config.json`,
  ]);
});

test('names that Windows reads as devices or streams are reserved', () => {
  const platform = win32Platform(HOST);
  expect(['nul', 'run.bat:x', 'run.bat'].map((name) => platform.isReservedName(name))).toEqual([
    true,
    true,
    false,
  ]);
});

test('a child gets no console window', () => {
  expect(win32Platform(HOST).ownGroup).toEqual({ detached: false, windowsHide: true });
});

test('the machine is known by its GUID', () => {
  const output =
    '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\r\n    MachineGuid    REG_SZ    A1B2-C3\r\n\r\n';
  expect(parseMachineGuid(output)).toBe('a1b2-c3');
  expect(parseMachineGuid('ERROR: no such key')).toBeUndefined();
});
