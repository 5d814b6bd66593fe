import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fillInstallScript } from '../../../../src/server/installers/install-script.ts';
import { sampleInstaller } from '../../../support/sample-installers.ts';

const deb = sampleInstaller('commander-agent_1.0.0_amd64.deb');
const linux = sampleInstaller('commander-agent-linux-x64');
const msi = sampleInstaller('commander-agent-1.0.0-x64.msi');
const facts = {
  serverUrl: 'https://commander.example:8443',
  fingerprint: 'ab'.repeat(32),
  installers: [linux, deb, msi, sampleInstaller('commander-agent-win-x64.exe')],
};

describe.each([
  ['sh', '=', `packages='${deb.sha256}  ${deb.name}\n${linux.sha256}  ${linux.name}'\n`],
  ['ps1', ' = ', `$packages = '${msi.sha256}  ${msi.name}\n`],
] as const)('install.%s', (name, assignment, packages) => {
  test('names its server, the root and each file that it may fetch with its hash, best first', () => {
    const script = fillInstallScript(name, facts) ?? '';
    expect(script).toContain(packages);
    expect(script).toContain(`server${assignment}'https://commander.example:8443'
`);
    expect(script).toContain('ab'.repeat(32));
    expect(script).not.toMatch(/@[A-Z_]+@/);
  });

  test('is the same whatever the order of what it may fetch, so that its hash can be pinned', () => {
    const reversed = { ...facts, installers: facts.installers.toReversed() };
    expect(fillInstallScript(name, reversed)).toBe(fillInstallScript(name, facts));
  });

  test('is ASCII and ends with one line end, as a shell variable gives it back', () => {
    expect(fillInstallScript(name, facts)).toMatch(/^[\n\x20-\x7e]*[^\n]\n$/);
  });

  test('is there only if it has something to install', () => {
    const others = facts.installers.filter(({ os }) => (os === 'windows') === (name === 'sh'));
    expect(fillInstallScript(name, { ...facts, installers: others })).toBeUndefined();
  });

  test('is the file of installers/one-line, filled in', () => {
    const [beforeFirst = ''] = readFileSync(`installers/one-line/install.${name}`, 'utf8').split(
      '@SERVER_URL@',
    );
    expect(fillInstallScript(name, facts)?.startsWith(beforeFirst)).toBe(true);
  });
});
