import { writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ArchiveFiles } from '../../../../src/server/library/archive-files.ts';
import { SMALL_ARCHIVE_BYTES, readSmallArchives } from '../../../../src/server/library/small-archives.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

describe('archives that travel with a push', () => {
  const onEnd = useCleanup();
  let files: ArchiveFiles;

  beforeEach(() => {
    files = new ArchiveFiles(makeTempDir(onEnd));
  });

  function stored(name: string, size: number): { sha256: string; size: number } {
    writeFileSync(files.pathOf(name), Buffer.alloc(size, name));
    return { sha256: name, size };
  }

  const read = async (...wanted: { sha256: string; size: number }[]): Promise<string[]> =>
    Object.keys(await readSmallArchives(files, wanted));

  test('come in base64, each once', async () => {
    const a = stored('a', 3);
    expect(await readSmallArchives(files, [a, a])).toEqual({ a: Buffer.from('aaa').toString('base64') });
  });

  test('are small ones', async () => {
    expect(await read(stored('a', SMALL_ARCHIVE_BYTES), stored('b', SMALL_ARCHIVE_BYTES + 1))).toEqual(['a']);
  });

  test('are no more than a push should carry', async () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => stored(name, SMALL_ARCHIVE_BYTES));
    expect(await read(...five)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('are left to the fetch, and its answer, when they are gone', async () => {
    expect(await read({ sha256: 'gone', size: 1 })).toEqual([]);
  });
});
