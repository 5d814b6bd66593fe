import { describe, expect, test } from '@jest/globals';
import { DEFAULT_ARCHIVE_LIMITS } from '../../../../src/lib/archive/archive.ts';
import type { ArchiveLimits, ArchiveOs, RawEntry } from '../../../../src/lib/archive/archive-types.ts';
import { EntryGuard } from '../../../../src/lib/archive/entry-guard.ts';

const MIB = 1024 ** 2;

function guard({
  limits = {},
  oses = ['linux'],
  archiveBytes = 1000,
}: { limits?: Partial<ArchiveLimits>; oses?: ArchiveOs[]; archiveBytes?: number } = {}): EntryGuard {
  return new EntryGuard({
    archiveName: 'a.zip',
    archiveBytes,
    limits: { ...DEFAULT_ARCHIVE_LIMITS, ...limits },
    oses,
  });
}

function raw(name: string, more: Partial<RawEntry> = {}): RawEntry {
  return { name, kind: name.endsWith('/') ? 'folder' : 'file', declaredBytes: 0, executable: false, ...more };
}

function admitAll(entries: RawEntry[], options?: Parameters<typeof guard>[0]): () => void {
  const one = guard(options);
  return () => entries.forEach((entry) => one.admit(entry));
}

async function* chunks(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield await Promise.resolve(new Uint8Array(size));
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of content) bytes += chunk.length;
  return bytes;
}

test('an admitted entry has its path below the destination', () => {
  expect(guard().admit(raw('./a/b.sh', { declaredBytes: 3, executable: true }))).toEqual({
    path: 'a/b.sh',
    kind: 'file',
    declaredBytes: 3,
    executable: true,
  });
});

describe('names', () => {
  const UNSAFE = 'ARCHIVE_UNSAFE';
  test.each<[string, RawEntry[], ArchiveOs[], string]>([
    ['leaving', [raw('../x')], ['linux'], 'entry "../x" would leave its folder'],
    [
      'quoted so that they cannot deceive',
      [raw('a\n"b')],
      ['linux'],
      String.raw`entry "a\n\"b" has a control`,
    ],
    [
      'of links',
      [raw('l', { kind: { other: 'a symbolic link' } })],
      ['linux'],
      'entry "l" is a symbolic link',
    ],
    ['used twice', [raw('a'), raw('./a')], ['linux'], 'entry "./a" is there twice'],
    [
      'of a file used as a folder',
      [raw('a'), raw('a/b')],
      ['linux'],
      '"a/b" needs "a" to be file and folder',
    ],
    ['of a folder used as a file', [raw('a/b'), raw('a')], ['linux'], '"a" needs "a" to be file and folder'],
    ['that differ by case', [raw('a'), raw('A')], ['darwin'], 'entry "A" is the same as "a" on darwin'],
    [
      'whose folders differ by case',
      [raw('d/x'), raw('D/y')],
      ['win32'],
      '"D/y" is the same as "d" on win32',
    ],
    [
      'that only one of the systems refuses',
      [raw('nul')],
      ['linux', 'win32'],
      'has the name of a Windows device',
    ],
  ])('%s are refused', (_, entries, oses, problem) => {
    expect(admitAll(entries, { oses })).toThrow(
      expect.objectContaining({ code: UNSAFE, message: expect.stringContaining(problem) }),
    );
  });

  test('the same folder may be named again, and Linux tells cases apart', () => {
    expect(admitAll([raw('d/'), raw('d/x'), raw('d/'), raw('D/x'), raw('X'), raw('x')])).not.toThrow();
  });
});

describe('limits on what is declared', () => {
  test.each<[string, Partial<ArchiveLimits>, RawEntry[], string, string]>([
    [
      'entries',
      { maxEntries: 2 },
      [raw('a'), raw('b'), raw('c')],
      'ARCHIVE_TOO_LARGE',
      'more than 2 entries',
    ],
    [
      'one file',
      { maxFileBytes: 9 },
      [raw('a', { declaredBytes: 10 })],
      'ARCHIVE_TOO_LARGE',
      'entry "a" has more',
    ],
    [
      'all files',
      { maxTotalBytes: 9 },
      [raw('a', { declaredBytes: 5 }), raw('b', { declaredBytes: 5 })],
      'ARCHIVE_TOO_LARGE',
      'its files have more than 9 bytes together',
    ],
    ['path length', { maxPathBytes: 3 }, [raw('éé')], 'ARCHIVE_UNSAFE', 'a path of more than 3 bytes'],
    ['depth', { maxDepth: 2 }, [raw('a/b/c')], 'ARCHIVE_UNSAFE', 'more than 2 parts'],
  ])('hold for %s, and not before', (_, limits, entries, code, problem) => {
    const problemOf = expect.objectContaining({ code, message: expect.stringContaining(problem) });
    expect(admitAll(entries, { limits })).toThrow(problemOf);
    expect(admitAll(entries)).not.toThrow();
  });
});

describe('what really comes out', () => {
  test('is passed on when it is as declared', async () => {
    const one = guard();
    const entry = one.admit(raw('a', { declaredBytes: 5 }));
    await expect(readAll(one.counted(entry, chunks(2, 3)))).resolves.toBe(5);
  });

  test.each([
    ['longer', [3, 3]],
    ['shorter', [3, 1]],
  ])('is refused when it is %s than declared', async (word, sizes) => {
    const one = guard();
    const entry = one.admit(raw('a', { declaredBytes: 5 }));
    await expect(readAll(one.counted(entry, chunks(...sizes)))).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
      message: `Cannot unpack "a.zip": entry "a" is ${word} than it says`,
    });
  });

  test('may grow to the ratio, and beyond it only while it is small', async () => {
    const one = guard({ archiveBytes: 100_000, limits: { maxRatio: 200 } });
    const fits = one.admit(raw('fits', { declaredBytes: 20_000_000 }));
    await expect(readAll(one.counted(fits, chunks(20_000_000)))).resolves.toBe(20_000_000);
    const more = one.admit(raw('more', { declaredBytes: 1 }));
    await expect(readAll(one.counted(more, chunks(1)))).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });

    const small = guard({ archiveBytes: 1 });
    const entry = small.admit(raw('a', { declaredBytes: 16 * MIB }));
    await expect(readAll(small.counted(entry, chunks(16 * MIB)))).resolves.toBe(16 * MIB);
  });
});
