import { chmodSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pack } from '../../../../src/cli/library/pack.ts';
import { extractArchive, inspectArchive } from '../../../../src/lib/archive/archive.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function makeFolder(dir: string, name: string): string {
  const folder = join(dir, name);
  mkdirSync(join(folder, 'data', 'empty'), { recursive: true });
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(folder, 'data', 'grüße.txt'), 'hello');
  return folder;
}

test('a folder becomes an archive of what is in it', async () => {
  const dir = makeTempDir(onEnd);
  const zipPath = join(dir, 'job.zip');
  await pack(makeFolder(dir, 'job'), zipPath);
  const { format, entries } = await inspectArchive(zipPath);
  expect([format, entries.map(({ name, kind }) => [name, kind])]).toEqual([
    'zip',
    [
      ['data', 'folder'],
      ['data/empty', 'folder'],
      ['data/grüße.txt', 'file'],
      ['run.sh', 'file'],
    ],
  ]);
});

test('unpacked, it is the same again', async () => {
  const dir = makeTempDir(onEnd);
  await pack(makeFolder(dir, 'job'), join(dir, 'job.zip'));
  await extractArchive(join(dir, 'job.zip'), join(dir, 'out'), { os: 'linux' });
  expect(readFileSync(join(dir, 'out', 'data', 'grüße.txt'), 'utf8')).toBe('hello');
});

test('the same files give the same bytes, whenever and wherever they were made', async () => {
  const dir = makeTempDir(onEnd);
  const [first, second] = [makeFolder(dir, 'first'), makeFolder(dir, 'second')];
  utimesSync(join(second, 'run.sh'), new Date(2001, 1, 1), new Date(2001, 1, 1));
  chmodSync(join(second, 'data', 'grüße.txt'), 0o600);
  await pack(first, join(dir, '1.zip'));
  await pack(second, join(dir, '2.zip'));
  expect(readFileSync(join(dir, '2.zip')).equals(readFileSync(join(dir, '1.zip')))).toBe(true);
});

test('a single file becomes an archive with that file', async () => {
  const dir = makeTempDir(onEnd);
  await pack(join(makeFolder(dir, 'job'), 'run.sh'), join(dir, 'job.zip'));
  const { entries } = await inspectArchive(join(dir, 'job.zip'));
  expect(entries.map(({ name }) => name)).toEqual(['run.sh']);
});

test('a link is refused by name', async () => {
  const dir = makeTempDir(onEnd);
  const folder = makeFolder(dir, 'job');
  symlinkSync('/etc/passwd', join(folder, 'data', 'link'));
  await expect(pack(folder, join(dir, 'job.zip'))).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE',
    message: `Cannot pack "${join(folder, 'data', 'link')}": only files and folders can be in an archive`,
  });
});
