import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { inspectArchive } from '../../../../src/lib/archive/archive.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { rawZip, type RawZipEntry } from '../../../support/raw-zip.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function write(zip: Buffer): string {
  const path = join(makeTempDir(onEnd), 'a.zip');
  writeFileSync(path, zip);
  return path;
}

async function inspect(entries: RawZipEntry[]): ReturnType<typeof inspectArchive> {
  return await inspectArchive(write(rawZip(entries)), { oses: ['linux'] });
}

const hello = { name: 'hello.txt', content: 'hello\n'.repeat(100) };

test('stored, deflated and zip64 entries are read alike', async () => {
  const listing = await inspect([
    { ...hello, name: 'stored' },
    { ...hello, name: 'deflated', deflate: true },
    { ...hello, name: 'zip64', zip64: true },
    { name: 'empty' },
    { name: 'folder/', mode: 0o040755 },
  ]);
  expect(listing.format).toBe('zip');
  expect(listing.entries).toEqual([
    { name: 'stored', size: 600, kind: 'file' },
    { name: 'deflated', size: 600, kind: 'file' },
    { name: 'zip64', size: 600, kind: 'file' },
    { name: 'empty', size: 0, kind: 'file' },
    { name: 'folder', size: 0, kind: 'folder' },
  ]);
  for (const name of ['stored', 'deflated', 'zip64'])
    await expect(listing.readText(name)).resolves.toBe(hello.content);
});

test('names are UTF-8 when they say so, and code page 437 when they do not', async () => {
  const { entries } = await inspect([{ name: 'ü' }, { name: Buffer.from([0x81, 0x2e]), flags: 0 }]);
  expect(entries.map(({ name }) => name)).toEqual(['ü', 'ü.']);
});

test('backslashes are read as the folders that some Windows tools mean by them', async () => {
  const { entries } = await inspect([{ name: 'd\\run.ps1' }]);
  expect(entries.map(({ name }) => name)).toEqual(['d/run.ps1']);
});

describe('a zip is refused as unsafe', () => {
  test.each<[string, RawZipEntry[], string]>([
    ['that leaves by backslashes', [{ name: '..\\x' }], 'entry "../x" would leave its folder'],
    [
      'with a symbolic link',
      [{ name: 'l', mode: 0o120777, content: '/etc' }],
      'entry "l" is a symbolic link',
    ],
    ['with a device', [{ name: 'd', mode: 0o020666 }], 'entry "d" is neither a file nor a folder'],
    ['with a folder that has content', [{ name: 'd/', content: 'x' }], 'entry "d/" is a folder with content'],
    ['that is encrypted', [{ ...hello, deflate: true, flags: 0x801 }], 'entry "hello.txt" is encrypted'],
    [
      'whose entries share bytes',
      [
        { ...hello, name: 'one' },
        { ...hello, name: 'two', offset: 0 },
      ],
      'entry "two" overlaps entry "one"',
    ],
  ])('%s', async (_, entries, problem) => {
    await expect(inspect(entries)).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
      message: `Cannot unpack "a.zip": ${problem}`,
    });
  });
});

describe('a zip is refused as corrupt', () => {
  test.each<[string, RawZipEntry[], RegExp]>([
    ['whose checksum is wrong', [{ ...hello, crc: 1 }], /^a checksum is wrong$/],
    ['with a method that nobody knows', [{ ...hello, method: 99 }], /unsupported compression method/],
    [
      'whose entry ends behind the file',
      [{ ...hello, deflate: true, compressedSize: 1e6 }],
      /overflows file bounds/,
    ],
    ['whose entry is not where it should be', [hello, { name: 'x', offset: 3 }], /invalid local file header/],
    ['whose deflated data is not', [{ ...hello, method: 8 }], /invalid|distance|code/],
  ])('%s', async (_, entries, cause) => {
    await expect(inspect(entries)).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
      cause: expect.objectContaining({ message: expect.stringMatching(cause) }),
    });
  });

  test.each([
    ['more', 10],
    ['less', 1000],
  ])('that inflates to %s than it says', async (_, size) => {
    await expect(inspect([{ ...hello, deflate: true, size }])).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
    });
  });

  test('that was cut, wherever', async () => {
    const zip = rawZip([hello, { ...hello, name: 'b' }]);
    for (const length of [5, 100, zip.length - 100, zip.length - 1])
      await expect(inspectArchive(write(zip.subarray(0, length)))).rejects.toMatchObject({
        code: 'ARCHIVE_CORRUPT',
      });
  });

  test('that promises more entries than it has', async () => {
    const zip = rawZip([hello], { entryCount: 3 });
    await expect(inspectArchive(write(zip))).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
  });
});

describe('a zip is refused as too large', () => {
  test('before anything is unpacked, when it has a million entries', async () => {
    const tiny = { name: 'x' };
    const many = Array.from({ length: 10_001 }, (_, index) => ({ ...tiny, name: `x${index}` }));
    await expect(inspect(many)).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
      message: 'Cannot unpack "a.zip": it has more than 10000 entries',
    });
  });

  test('while it is being unpacked, when it is a bomb', async () => {
    const zeros = Buffer.alloc(40 * 1024 ** 2);
    await expect(inspect([{ name: 'zeros', content: zeros, deflate: true }])).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
      message: 'Cannot unpack "a.zip": it grows to more than 200 times its size',
    });
  });
});
