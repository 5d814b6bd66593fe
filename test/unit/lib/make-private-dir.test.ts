import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makePrivateDir } from '../../../src/lib/make-private-dir.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'private-dir-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('every folder that is missing is made, for this user only', () => {
  makePrivateDir(join(dir, 'a', 'b'));

  const modes = ['a', join('a', 'b')].map((name) => statSync(join(dir, name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700]);
});

test('a folder that is there is left as it is', () => {
  makePrivateDir(join(dir, 'a'));
  makePrivateDir(join(dir, 'a'));

  expect(statSync(join(dir, 'a')).isDirectory()).toBe(true);
});

test('a file in the way is an error', () => {
  writeFileSync(join(dir, 'file'), '');

  expect(() => makePrivateDir(join(dir, 'file'))).toThrow('EEXIST');
  expect(() => makePrivateDir(join(dir, 'file', 'b'))).toThrow('ENOTDIR');
});

test('a file system that takes no folders is an error, not an endless wait', () => {
  // Only Linux has one at hand; elsewhere this is a folder below a file.
  writeFileSync(join(dir, 'file'), '');
  const below = process.platform === 'linux' ? '/proc/none' : join(dir, 'file');

  expect(() => makePrivateDir(join(below, 'a', 'b'))).toThrow(/ENOENT|ENOTDIR/);
});
