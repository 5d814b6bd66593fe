import { expect, test } from '@jest/globals';
import { requirePublished } from '../../../../src/server/rollouts/require-published.ts';
import type { AgentRecord } from '../../../../src/store/server/agent-store.ts';
import { NOON, agentRecord } from '../../../support/server-records.ts';

const releases = {
  has: (version: string, platform: string) => `${version} ${platform}` === '1.1.0 linux-x64',
};
const linux: Partial<AgentRecord> = { os: 'Linux', arch: 'x64', version: '1.0.0' };
const windows: Partial<AgentRecord> = { os: 'Windows', arch: 'x64', version: '1.0.0' };

function check(version: string, ...agents: Partial<AgentRecord>[]): void {
  requirePublished(version, { agents: agents.map(agentRecord), releases });
}

test.each<[string, string, Partial<AgentRecord>[]]>([
  ['is published for all of them', '1.1.0', [linux, linux]],
  ['runs on the others already', '1.1.0', [linux, { ...windows, version: '1.1.0' }]],
  ['is for agents that have not said what they are', '1.1.0', [{ os: 'Windows' }]],
  ['is for systems that nothing is published for', '1.1.0', [{ os: 'FreeBSD', arch: 'x64' }]],
  ['is missing only for one that was revoked', '1.1.0', [{ ...windows, revokedAt: NOON }]],
  ['is for nobody yet', '1.1.0', []],
  ['is published nowhere, and runs on all of them', '9.9.9', [{ ...linux, version: '9.9.9' }]],
])('a version may be wanted that %s', (_, version, agents) => {
  expect(() => check(version, ...agents)).not.toThrow();
});

test('a version that some agents could not get is refused, with what is missing', () => {
  const macos = { os: 'macOS', arch: 'arm64', version: '1.0.0' };
  expect(() => check('1.1.0', linux, windows, macos)).toThrow(
    'Version 1.1.0 is not published for win-x64, macos-arm64, which agents here need',
  );
});

test.each([
  ['nobody', []],
  ['agents that have not said what they are', [{ os: 'Windows' }]],
])('a version that is published for no platform is refused also for %s', (_, agents) => {
  expect(() => check('9.9.9', ...agents)).toThrow('Version 9.9.9 is not published; publish it first');
});
