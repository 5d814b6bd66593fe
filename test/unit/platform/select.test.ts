import { expect, test } from '@jest/globals';
import { currentPlatform } from '../../../src/platform/select.ts';

test('the platform is that of this process', () => {
  expect(currentPlatform().os).toBe(process.platform);
});

test('what the environment says counts', () => {
  const folder = process.platform === 'win32' ? 'C:\\here' : '/here';
  const environment = { XDG_STATE_HOME: folder, LOCALAPPDATA: folder, ProgramData: folder };
  const isFixed = process.platform === 'darwin' || process.getuid?.() === 0;
  expect(currentPlatform(environment).defaultStateDir().startsWith(folder)).toBe(!isFixed);
});
