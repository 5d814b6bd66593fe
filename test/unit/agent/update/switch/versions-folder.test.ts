import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  executablePathOf,
  removeOtherVersions,
  versionsDirOf,
} from '../../../../../src/agent/update/switch/versions-folder.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();

test.each([
  ['linux', 'commander-agent'],
  ['win32', 'commander-agent.exe'],
] as const)('on %s a version is the file "%s" in a folder of its own', (os, name) => {
  const path = executablePathOf('state', '1.1.0', { os });
  expect(path).toBe(join('state', 'versions', '1.1.0', name));
});

test('of the versions only the current and the one to go back to are kept, and what else lies there', () => {
  const stateDir = makeTempDir(onEnd);
  const dir = versionsDirOf(stateDir);
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0', 'metadata'])
    mkdirSync(join(dir, version), { recursive: true });
  writeFileSync(join(dir, 'switch.json'), '{}');
  removeOtherVersions(stateDir, { base: '0.9.0', current: '1.3.0', previous: '1.2.0', bad: {} });
  expect(readdirSync(dir).sort()).toEqual(['1.2.0', '1.3.0', 'metadata', 'switch.json']);
});

test('one that is in use stays, and the others go', () => {
  const stateDir = makeTempDir(onEnd);
  const dir = versionsDirOf(stateDir);
  for (const version of ['1.0.0', '1.1.0', '1.2.0']) mkdirSync(join(dir, version), { recursive: true });
  const removed: string[] = [];
  removeOtherVersions(stateDir, { base: '0.9.0', current: '1.2.0', bad: {} }, (path) => {
    if (path.endsWith('1.0.0')) throw Object.assign(new Error('in use'), { code: 'EPERM' });
    removed.push(path);
  });
  expect(removed).toEqual([join(dir, '1.1.0')]);
});

test('without any version there is nothing to remove', () => {
  const state = { base: '1.0.0', current: '1.0.0', bad: {} };
  expect(() => removeOtherVersions(makeTempDir(onEnd), state)).not.toThrow();
});
