import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { executablePath, hostTarget, parseTargets, TARGET_NAMES } from '../../../build/targets.ts';

describe('hostTarget', () => {
  test.each([
    ['linux', 'x64', 'linux-x64'],
    ['linux', 'arm64', 'linux-arm64'],
    ['win32', 'x64', 'win-x64'],
    ['darwin', 'x64', 'macos-x64'],
    ['darwin', 'arm64', 'macos-arm64'],
  ] as const)('on %s %s is %s', (platform, arch, target) => {
    expect(hostTarget({ platform, arch })).toBe(target);
  });

  test('names a machine that we do not pack for', () => {
    expect(() => hostTarget({ platform: 'freebsd', arch: 'x64' })).toThrow('"freebsd-x64"');
  });
});

describe('parseTargets', () => {
  test('takes several, each once', () => {
    expect(parseTargets('win-x64,linux-x64,win-x64')).toEqual(['win-x64', 'linux-x64']);
  });

  test('takes "host" for the one of this machine', () => {
    expect(parseTargets(`host,${hostTarget()}`)).toEqual([hostTarget()]);
  });

  test('takes "all" for every target', () => {
    expect(parseTargets('all')).toEqual(TARGET_NAMES);
  });

  test.each(['', 'linux', 'linux-x64,', 'toString'])('refuses "%s"', (text) => {
    expect(() => parseTargets(text)).toThrow('Unknown target');
  });
});

test('only Windows executables have an ending', () => {
  expect(executablePath('commander', 'win-x64')).toBe(join('dist', 'bin', 'commander-win-x64.exe'));
  expect(executablePath('commander-agent', 'macos-arm64')).toBe(
    join('dist', 'bin', 'commander-agent-macos-arm64'),
  );
});
