import { describe, expect, test } from '@jest/globals';
import { configDir, dataDir } from '../../../../src/cli/session/locations.ts';

const HOMES = {
  linux: { os: 'linux', homeDir: '/home/grace' },
  darwin: { os: 'darwin', homeDir: '/home/grace' },
  win32: { os: 'win32', homeDir: 'C:\\Users\\grace' },
};

describe('the session lies in', () => {
  test.each([
    ['linux', {}, '/home/grace/.config/commander'],
    ['linux', { XDG_CONFIG_HOME: '/conf' }, '/conf/commander'],
    ['linux', { XDG_CONFIG_HOME: '' }, '/home/grace/.config/commander'],
    ['darwin', { XDG_CONFIG_HOME: '/conf' }, '/home/grace/Library/Application Support/commander'],
    ['win32', {}, 'C:\\Users\\grace\\AppData\\Roaming\\commander'],
    ['win32', { APPDATA: 'D:\\roaming' }, 'D:\\roaming\\commander'],
    ['linux', { COMMANDER_CONFIG_DIR: '/mine', XDG_CONFIG_HOME: '/conf' }, '/mine'],
    ['win32', { COMMANDER_CONFIG_DIR: 'E:\\mine' }, 'E:\\mine'],
  ] as const)('%s with %j: %s', (os, env, dir) => {
    expect(configDir({ ...HOMES[os], env })).toBe(dir);
  });
});

describe('the server keeps its state in', () => {
  test.each([
    ['linux', {}, '/home/grace/.local/share/commander'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/commander'],
    ['darwin', {}, '/home/grace/Library/Application Support/commander/server'],
    ['win32', {}, 'C:\\Users\\grace\\AppData\\Local\\commander'],
    ['win32', { LOCALAPPDATA: 'D:\\local' }, 'D:\\local\\commander'],
    ['linux', { COMMANDER_DATA_DIR: '/srv/commander' }, '/srv/commander'],
  ] as const)('%s with %j: %s', (os, env, dir) => {
    expect(dataDir({ ...HOMES[os], env })).toBe(dir);
  });
});
