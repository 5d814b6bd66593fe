import { expect, test } from '@jest/globals';
import { blocksTargetPath, executableTargetPath } from '../../../src/protocol/release-paths.ts';

test.each([
  ['linux-x64', '1.1.0/linux-x64/commander-agent'],
  ['macos-arm64', '1.1.0/macos-arm64/commander-agent'],
  ['win-x64', '1.1.0/win-x64/commander-agent.exe'],
] as const)('the executable for %s and its block map have paths of their own', (platform, path) => {
  expect(executableTargetPath({ version: '1.1.0', platform })).toBe(path);
  expect(blocksTargetPath({ version: '1.1.0', platform })).toBe(`1.1.0/${platform}/blocks.json`);
});
