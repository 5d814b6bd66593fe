import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ArchiveFiles } from '../../../../src/server/library/archive-files.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('ArchiveFiles', () => {
  const onEnd = useCleanup();
  let dir: string;
  let files: ArchiveFiles;

  beforeEach(() => {
    dir = join(makeTempDir(onEnd), 'library');
    files = new ArchiveFiles(dir);
  });

  const content = (...chunks: string[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

  test('keep what was received under the hash of its content', async () => {
    const upload = await files.receive(content('arch', 'ive'), 100);
    expect(upload).toMatchObject({ sha256: hashOf('archive'), size: 7 });
    await files.keep(upload);
    expect(readFileSync(files.pathOf(upload.sha256), 'utf8')).toBe('archive');
    expect(readdirSync(dir)).toEqual([upload.sha256]);
  });

  test('leave nothing of an upload that is discarded, and keep what was kept', async () => {
    const discarded = await files.receive(content('one'), 100);
    await files.discard(discarded);
    const kept = await files.receive(content('two'), 100);
    await files.keep(kept);
    await files.discard(kept);
    expect(readdirSync(dir)).toEqual([hashOf('two')]);
  });

  test('leave nothing of an upload that breaks off', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('half');
        throw new Error('connection lost');
      })(),
    );
    await expect(files.receive(broken, 100)).rejects.toThrow('connection lost');
    expect(readdirSync(dir)).toEqual([]);
  });

  test('take as many bytes as the limit says and not one more', async () => {
    expect(await files.receive(content('12345'), 5)).toMatchObject({ size: 5 });
    await expect(files.receive(content('12345', '6'), 5)).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
    });
    expect(readdirSync(dir)).toHaveLength(1);
  });

  test('read what is too large to its end, so that its sender sees the answer, but not for ever', async () => {
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          read += 1;
          yield Buffer.from('1');
        }
      })(),
      { highWaterMark: 1 },
    );
    await expect(files.receive(endless, 5)).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
    expect(read).toBeGreaterThan(15);
    expect(read).toBeLessThan(30);
  });

  test('remove archives that nobody wants, what a crash left only when told to, and nothing else', async () => {
    for (const text of ['wanted', 'unwanted']) await files.keep(await files.receive(content(text), 100));
    await files.receive(content('being received'), 100);
    writeFileSync(join(dir, 'notes.txt'), 'mine');

    await files.removeExcept(new Set([hashOf('wanted')]));
    expect(readdirSync(dir)).toHaveLength(3);
    await files.removeExcept(new Set([hashOf('wanted')]), { includeAside: true });
    expect(readdirSync(dir).sort()).toEqual([hashOf('wanted'), 'notes.txt'].sort());
  });

  test('make their folder when it is first needed', async () => {
    await files.removeExcept(new Set());
    expect(existsSync(dir)).toBe(true);
  });
});
