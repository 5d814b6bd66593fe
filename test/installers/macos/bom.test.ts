import { expect, test } from '@jest/globals';
import { archiveEntries } from '../../../build/installers/macos/archive-entry.ts';
import { writeBom } from '../../../build/installers/macos/bom.ts';
import { posixCksum } from '../../../build/installers/macos/posix-cksum.ts';
import { EPOCH } from '../support/build-context.ts';
import { readBom } from '../support/read-bom.ts';

test.each([
  ['', 4294967295],
  ['a', 1220704766],
  ['123456789', 930766865],
])('the checksum of "%s" is what cksum(1) prints', (text, expected) => {
  expect(posixCksum(Buffer.from(text))).toBe(expected);
});

test.each([1, 255, 256, 257, 1000])('a list of %i files is found again, also over several pages', (count) => {
  const files = Array.from({ length: count }, (_, i) => ({
    kind: 'file' as const,
    path: `folder ${i % 7}/file ${i}`,
    mode: 0o640,
    content: String(i),
  }));
  const entries = archiveEntries(files);
  const read = readBom(writeBom(entries, EPOCH));

  expect(read.map(({ path, mode }) => ({ path, mode })).sort(byPath)).toEqual(
    entries.map(({ path, mode }) => ({ path, mode })).sort(byPath),
  );
});

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}
