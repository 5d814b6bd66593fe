import { expect, test } from '@jest/globals';
import { readInstallerName } from '../../../../src/server/installers/installer-name.ts';

test.each([
  ['commander-agent_1.2.3_amd64.deb', { os: 'linux', arch: 'x64', format: 'deb', version: '1.2.3' }],
  [
    'commander-agent_1.2.3~rc.1_arm64.deb',
    { os: 'linux', arch: 'arm64', format: 'deb', version: '1.2.3~rc.1' },
  ],
  ['commander-agent-1.2.3-1.x86_64.rpm', { os: 'linux', arch: 'x64', format: 'rpm', version: '1.2.3' }],
  [
    'commander-agent-1.2.3~rc.1-1.aarch64.rpm',
    { os: 'linux', arch: 'arm64', format: 'rpm', version: '1.2.3~rc.1' },
  ],
  ['commander-agent-1.2.3-x64.msi', { os: 'windows', arch: 'x64', format: 'msi', version: '1.2.3' }],
  [
    'commander-agent-1.2.3-rc.1-universal.pkg',
    { os: 'macos', arch: 'universal', format: 'pkg', version: '1.2.3-rc.1' },
  ],
  ['commander-agent-1.2.3-arm64.pkg', { os: 'macos', arch: 'arm64', format: 'pkg', version: '1.2.3' }],
  ['commander-agent-linux-x64', { os: 'linux', arch: 'x64', format: 'executable' }],
  ['commander-agent-macos-arm64', { os: 'macos', arch: 'arm64', format: 'executable' }],
  ['commander-agent-win-x64.exe', { os: 'windows', arch: 'x64', format: 'executable' }],
])('%s says what it is', (name, kind) => {
  expect(readInstallerName(name)).toEqual(kind);
});

test.each([
  'commander-linux-x64',
  'commander-agent-win-x64',
  'commander-agent-win-arm64.exe',
  'commander-agent_1.2.3_i386.deb',
  'commander-agent-1.2.3-x64.msi.exe',
  '../commander-agent-linux-x64',
  "commander-agent_1.2.3'_amd64.deb",
  'commander-agent_1.2.3_amd64.deb\n',
  'SHA256SUMS',
  '',
])('%j is no installer of ours', (name) => {
  expect(() => readInstallerName(name)).toThrow(
    expect.objectContaining({ code: 'NAME_INVALID', message: expect.stringContaining(`"${name}"`) }),
  );
});
