import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { removeDir } from '../../../src/lib/remove-dir.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

test('everything in it goes, read-only folders too, and nothing that a link leads to', async () => {
  const root = makeTempDir(onEnd);
  const outside = join(root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'kept'), '');
  const dir = join(root, 'work');
  const filesDir = join(dir, 'files');
  mkdirSync(join(filesDir, 'cache', 'inner'), { recursive: true });
  writeFileSync(join(filesDir, 'cache', 'inner', 'file'), '');
  symlinkSync(outside, join(filesDir, 'link'));
  chmodSync(join(filesDir, 'cache', 'inner'), 0o500);
  chmodSync(join(filesDir, 'cache'), 0o000);
  await removeDir(dir);
  expect(existsSync(dir)).toBe(false);
  expect(readdirSync(outside)).toEqual(['kept']);
});

test('a folder that is not there is removed already', async () => {
  await removeDir(join(makeTempDir(onEnd), 'none'));
});
