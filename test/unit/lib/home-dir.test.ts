import { homedir } from 'node:os';
import { expect, test } from '@jest/globals';
import { homeDir } from '../../../src/lib/home-dir.ts';

test('it is what the system says', () => {
  expect(homeDir()).toBe(homedir());
});

test('for a user without one it is the root folder', () => {
  const ask = (): never => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT');
  };
  expect(homeDir(ask)).toBe('/');
});
