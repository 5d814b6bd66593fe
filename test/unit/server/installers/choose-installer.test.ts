import { describe, expect, test } from '@jest/globals';
import { chooseInstaller, newestOfEach } from '../../../../src/server/installers/choose-installer.ts';
import { sampleInstaller } from '../../../support/sample-installers.ts';

const NAMES = [
  'commander-agent-linux-arm64',
  'commander-agent-linux-x64',
  'commander-agent_1.9.0_amd64.deb',
  'commander-agent_1.10.0_amd64.deb',
  'commander-agent_1.10.0_arm64.deb',
  'commander-agent-1.10.0-1.x86_64.rpm',
  'commander-agent-1.10.0-universal.pkg',
  'commander-agent-1.10.0-arm64.pkg',
  'commander-agent-win-x64.exe',
];
const installers = NAMES.map((name) => sampleInstaller(name));

describe('who asks for an installer', () => {
  test.each([
    [{ os: 'linux' }, 'commander-agent_1.10.0_amd64.deb'],
    [{ os: ' Linux ' }, 'commander-agent_1.10.0_amd64.deb'],
    [{ os: 'linux', arch: 'arm64' }, 'commander-agent_1.10.0_arm64.deb'],
    [{ os: 'linux', format: 'rpm' }, 'commander-agent-1.10.0-1.x86_64.rpm'],
    [{ os: 'linux', format: 'executable', arch: 'arm64' }, 'commander-agent-linux-arm64'],
    [{ os: 'macos' }, 'commander-agent-1.10.0-universal.pkg'],
    [{ os: 'Darwin', arch: 'x64' }, 'commander-agent-1.10.0-universal.pkg'],
    [{ os: 'OS X' }, 'commander-agent-1.10.0-universal.pkg'],
    [{ os: 'Windows 11' }, 'commander-agent-win-x64.exe'],
    [{ os: 'win32' }, 'commander-agent-win-x64.exe'],
  ])('with %j gets %s', (wish, name) => {
    expect(chooseInstaller(installers, wish).name).toBe(name);
  });

  test('of which there is none is told so, and what to do', () => {
    expect(() => chooseInstaller(installers, { os: 'win', arch: 'arm64', format: 'msi' })).toThrow(
      expect.objectContaining({
        code: 'INSTALLER_NOT_FOUND',
        message:
          'There is no installer for windows, arm64, msi; add one with "commander installers add FILE"',
      }),
    );
  });

  test('for a system that nobody knows is told which there are', () => {
    expect(() => chooseInstaller(installers, { os: 'plan9' })).toThrow(
      expect.objectContaining({
        code: 'MESSAGE_INVALID',
        message: '"os" must be windows, linux or macos, not "plan9"',
      }),
    );
  });
});

test('of each format and architecture, only the newest is offered', () => {
  const offered = newestOfEach(installers).map(({ name }) => name);
  expect(offered.toSorted()).toEqual(NAMES.filter((name) => !name.includes('1.9.0')).toSorted());
});

test('of two with the same version, the later upload is the newer', () => {
  const [early, late] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'].map((addedAt, i) =>
    sampleInstaller(`commander-agent-1.0.0-${i + 1}.x86_64.rpm`, addedAt),
  );
  if (early === undefined || late === undefined) throw new Error('There are two');
  expect(newestOfEach([early, late])).toEqual([late]);
  expect(newestOfEach([late, early])).toEqual([late]);
});
