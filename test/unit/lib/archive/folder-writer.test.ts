import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Entry } from '../../../../src/lib/archive/archive-types.ts';
import { FolderWriter } from '../../../../src/lib/archive/folder-writer.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { listTree } from '../../../support/tree-listing.ts';

const onEnd = useCleanup();

function entry(path: string, more: Partial<Entry> = {}): Entry {
  return { path, kind: 'file', declaredBytes: 5, executable: false, ...more };
}

async function* content(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

test('files are private, executable when they were, and lie in private folders', async () => {
  const dir = join(makeTempDir(onEnd), 'out');
  const writer = await FolderWriter.create(dir);
  await writer.write(entry('a/b/data'), content('he', 'llo'));
  await writer.write(entry('run', { executable: true }), content());
  await writer.write(entry('a/c', { kind: 'folder' }), content());
  expect(listTree(dir)).toEqual({ a: 'd', 'a/b': 'd', 'a/b/data': '600', 'a/c': 'd', run: '700' });
  expect(readFileSync(join(dir, 'a/b/data'), 'utf8')).toBe('hello');
});

test('a folder that is there already is not written into', async () => {
  const dir = makeTempDir(onEnd);
  await expect(FolderWriter.create(dir)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
});

test('a file that is there already, or a link in its place, is never written through', async () => {
  const root = makeTempDir(onEnd);
  const outside = join(root, 'outside');
  writeFileSync(outside, 'untouched');
  const dir = join(root, 'out');
  const writer = await FolderWriter.create(dir);
  symlinkSync(outside, join(dir, 'link'));
  mkdirSync(join(dir, 'folder'));
  for (const path of ['link', 'folder'])
    await expect(writer.write(entry(path), content('x'))).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  expect(readFileSync(outside, 'utf8')).toBe('untouched');
});

test('trouble in the archive stays what it is', async () => {
  const writer = await FolderWriter.create(join(makeTempDir(onEnd), 'out'));
  const trouble = new Error('a checksum is wrong');
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* content('x');
    throw trouble;
  }
  await expect(writer.write(entry('a'), broken())).rejects.toBe(trouble);
});
