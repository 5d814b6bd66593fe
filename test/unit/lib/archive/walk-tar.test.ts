import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { inspectArchive } from '../../../../src/lib/archive/archive.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { rawTar, rawTarGz, type RawTarEntry } from '../../../support/raw-tar.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function write(archive: Buffer): string {
  const path = join(makeTempDir(onEnd), 'a.tgz');
  writeFileSync(path, archive);
  return path;
}

const hello = { path: 'hello.txt', content: 'hello\n'.repeat(1000) };

describe.each([
  ['tar', rawTar],
  ['tar.gz', rawTarGz],
] as const)('%s', (format, pack) => {
  async function inspect(entries: RawTarEntry[]): ReturnType<typeof inspectArchive> {
    return await inspectArchive(write(pack(entries)), { oses: ['linux'] });
  }

  test('is read to its end, as "tar czf x.tgz ." makes it', async () => {
    const listing = await inspect([
      { path: './', type: 'Directory' },
      { path: './d/', type: 'Directory' },
      { ...hello, path: './d/hello.txt' },
      { path: './empty' },
    ]);
    expect(listing).toMatchObject({
      format,
      entries: [
        { name: 'd', size: 0, kind: 'folder' },
        { name: 'd/hello.txt', size: 6000, kind: 'file' },
        { name: 'empty', size: 0, kind: 'file' },
      ],
    });
    await expect(listing.readText('d/hello.txt')).resolves.toBe(hello.content);
  });

  test.each<[string, RawTarEntry, string]>([
    ['leaves', { path: '../x' }, 'entry "../x" would leave its folder'],
    ['is absolute', { path: '/etc/cron.d/x' }, 'entry "/etc/cron.d/x" has an absolute path'],
    ['has backslashes', { path: 'a\\..\\x' }, String.raw`entry "a\\..\\x" has a backslash in its name`],
    [
      'is a symbolic link',
      { path: 'l', type: 'SymbolicLink', linkpath: '/etc' },
      'entry "l" is a symbolic link',
    ],
    ['is a hard link', { path: 'l', type: 'Link', linkpath: '/etc/passwd' }, 'entry "l" is a hard link'],
    ['is a device', { path: 'd', type: 'CharacterDevice' }, 'entry "d" is neither a file nor a folder'],
    ['is a pipe', { path: 'p', type: 'FIFO' }, 'entry "p" is neither a file nor a folder'],
  ])('is refused when an entry %s', async (_, entry, problem) => {
    await expect(inspect([hello, entry])).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
      message: `Cannot unpack "a.tgz": ${problem}`,
    });
  });

  test('is refused when an entry is cut', async () => {
    await expect(inspect([{ ...hello, size: 20_000 }])).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
  });

  test('is refused when a header in its middle is broken', async () => {
    const tar = rawTar([hello, { path: 'second' }]);
    tar.write('X', tar.indexOf('second'));
    const archive = format === 'tar' ? tar : gzipSync(tar);
    await expect(inspectArchive(write(archive))).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
  });

  test('is refused when it has too many entries', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ path: `x${index}` }));
    await expect(inspect(many)).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
  });

  test('stops when told to', async () => {
    const stop = new AbortController();
    const inspecting = inspectArchive(write(pack([{ ...hello, content: Buffer.alloc(5_000_000) }])), {
      signal: stop.signal,
    });
    stop.abort(new Error('enough'));
    await expect(inspecting).rejects.toThrow();
  });
});

test('a bomb is refused while it is being inflated', async () => {
  const bomb = rawTarGz([{ path: 'zeros', content: Buffer.alloc(40 * 1024 ** 2) }]);
  await expect(inspectArchive(write(bomb))).rejects.toMatchObject({
    code: 'ARCHIVE_TOO_LARGE',
    message: 'Cannot unpack "a.tgz": it grows to more than 200 times its size',
  });
});

test.each<[string, Buffer]>([
  ['a gzip in a gzip, which the tar package would unpack without limits', gzipSync(rawTarGz([hello]))],
  ['something else in a gzip', gzipSync('#!/bin/sh\n'.repeat(1000))],
  ['nothing in a gzip', gzipSync('')],
  ['a cut gzip', rawTarGz([{ ...hello, content: Buffer.from('0123456789'.repeat(999)) }]).subarray(0, 100)],
])('%s is refused', async (_, archive) => {
  await expect(inspectArchive(write(archive))).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
});
