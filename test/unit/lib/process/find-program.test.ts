import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findProgram, programCandidates } from '../../../../src/lib/process/find-program.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('the first executable file on the path is found', () => {
  const root = makeTempDir(onEnd);
  const folders = ['folder', 'plain', 'first', 'second'].map((name) => join(root, name));
  for (const folder of folders) mkdirSync(folder);
  mkdirSync(join(root, 'folder', 'tool.exe'));
  writeFileSync(join(root, 'plain', 'tool.exe'), '', { mode: 0o600 });
  for (const name of ['first', 'second']) writeFileSync(join(root, name, 'tool.exe'), '', { mode: 0o700 });
  const path = [...folders].join(delimiter);
  expect(findProgram('tool.exe', { path, windows: false })).toBe(join(root, 'first', 'tool.exe'));
  chmodSync(join(root, 'first', 'tool.exe'), 0o600);
  expect(findProgram('tool.exe', { path, windows: false })).toBe(join(root, 'second', 'tool.exe'));
  expect(findProgram('other', { path, windows: false })).toBeUndefined();
});

test('relative folders are passed over: what runs must not depend on the working folder', () => {
  expect(programCandidates('sh', { path: '.::bin:/bin', windows: false })).toEqual(['/bin/sh']);
  expect(programCandidates('a.exe', { path: '.;bin;C:\\bin', windows: true })).toEqual(['C:\\bin\\a.exe']);
});

test('on Windows the endings of PATHEXT are tried, and quotes do not count', () => {
  const search = { path: '"C:\\Program Files\\Git";D:\\x', windows: true, extensions: '.EXE;.CMD' };
  expect(programCandidates('bash', search)).toEqual([
    'C:\\Program Files\\Git\\bash.EXE',
    'C:\\Program Files\\Git\\bash.CMD',
    'D:\\x\\bash.EXE',
    'D:\\x\\bash.CMD',
  ]);
  expect(programCandidates('bash.exe', { ...search, path: 'D:\\x' })).toEqual(['D:\\x\\bash.exe']);
});
