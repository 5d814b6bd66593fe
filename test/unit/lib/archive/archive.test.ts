import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { extractArchive, inspectArchive } from '../../../../src/lib/archive/archive.ts';
import type { ArchiveOs } from '../../../../src/lib/archive/archive-types.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { rawTarGz } from '../../../support/raw-tar.ts';
import { rawZip } from '../../../support/raw-zip.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { listTree } from '../../../support/tree-listing.ts';

const onEnd = useCleanup();
const MIB = 1024 ** 2;

function folderWith(archive: Buffer): { root: string; archivePath: string; destDir: string } {
  const root = makeTempDir(onEnd);
  const archivePath = join(root, 'archive');
  writeFileSync(archivePath, archive);
  return { root, archivePath, destDir: join(root, 'work', 'files') };
}

describe('extracting', () => {
  test.each([
    [
      'zip',
      rawZip([
        { name: 'bin/run', mode: 0o100755, content: 'x' },
        { name: 'data', content: 'y' },
      ]),
    ],
    [
      'tar.gz',
      rawTarGz([
        { path: 'bin/run', mode: 0o755, content: 'x' },
        { path: 'data', content: 'y' },
      ]),
    ],
  ])('a %s gives private files, executable when they were', async (_, archive) => {
    const { root, archivePath, destDir } = folderWith(archive);
    mkdirSync(join(root, 'work'));
    await extractArchive(archivePath, destDir, { os: 'linux' });
    expect(listTree(destDir)).toEqual({ bin: 'd', 'bin/run': '700', data: '600' });
    expect(readFileSync(join(destDir, 'data'), 'utf8')).toBe('y');
  });

  test('does not exceed limits of its own', async () => {
    const { root, archivePath, destDir } = folderWith(rawZip([{ name: 'a', content: 'four' }]));
    mkdirSync(join(root, 'work'));
    const limits = {
      maxEntries: 1,
      maxTotalBytes: 3,
      maxFileBytes: 9,
      maxRatio: 9,
      maxPathBytes: 9,
      maxDepth: 9,
    };
    await expect(
      extractArchive(archivePath, destDir, { os: 'linux', limits, archiveName: 'backup.sh' }),
    ).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
      message: 'Cannot unpack "backup.sh": its files have more than 3 bytes together',
    });
  });
});

/** FAULTS 17: whatever a hostile archive holds, it is refused, and nothing is left of it, inside or outside. */
describe('a hostile archive leaves nothing behind', () => {
  const good = { name: 'good', content: 'x' };
  const zipNames: [string, ArchiveOs][] = [
    ['../outside', 'linux'],
    ['a/../../outside', 'linux'],
    ['/tmp/commander-test-outside', 'linux'],
    ['..\\outside', 'win32'],
    ['C:\\outside', 'win32'],
    ['\\\\server\\share\\outside', 'win32'],
    ['data:stream', 'win32'],
    ['NUL', 'win32'],
    ['COM1.txt', 'win32'],
    ['GOOD', 'darwin'],
    ['good', 'linux'],
  ];
  test.each(zipNames)('zip with %j on %s', async (name, os) => {
    const { root, archivePath, destDir } = folderWith(rawZip([good, { name, content: 'evil' }]));
    mkdirSync(join(root, 'work'));
    await expect(extractArchive(archivePath, destDir, { os })).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
    });
    expect(listTree(root)).toEqual({ archive: expect.any(String), work: 'd' });
  });

  test.each(['../outside', '/tmp/commander-test-outside', 'good'])('tar.gz with %j', async (path) => {
    const { root, archivePath, destDir } = folderWith(
      rawTarGz([{ path: 'good' }, { path, content: 'evil' }]),
    );
    mkdirSync(join(root, 'work'));
    await expect(extractArchive(archivePath, destDir, { os: 'linux' })).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
    });
    expect(listTree(root)).toEqual({ archive: expect.any(String), work: 'd' });
  });

  test('a bomb', async () => {
    const zeros = { name: 'zeros', content: Buffer.alloc(40 * MIB), deflate: true };
    const { root, archivePath, destDir } = folderWith(rawZip([good, zeros]));
    mkdirSync(join(root, 'work'));
    await expect(extractArchive(archivePath, destDir, { os: 'linux' })).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
    });
    expect(readdirSync(join(root, 'work'))).toEqual([]);
  });
});

describe('inspecting', () => {
  test('keeps the rules of every system, so that what passes unpacks anywhere', async () => {
    const { archivePath } = folderWith(rawZip([{ name: 'aux.sh' }]));
    await expect(inspectArchive(archivePath)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
    await expect(inspectArchive(archivePath, { oses: ['linux'] })).resolves.toMatchObject({ format: 'zip' });
  });

  test('gives the text of a file, of no folder, and of none that is too long', async () => {
    const { archivePath } = folderWith(rawZip([{ name: 'manifest.json', content: '{}' }, { name: 'd/' }]));
    const listing = await inspectArchive(archivePath);
    await expect(listing.readText('manifest.json')).resolves.toBe('{}');
    await expect(listing.readText('d')).resolves.toBeUndefined();
    await expect(listing.readText('none')).resolves.toBeUndefined();
    await expect(listing.readText('manifest.json', 1)).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
  });

  test('says so when it is no archive', async () => {
    const { archivePath } = folderWith(Buffer.from('#!/bin/sh\necho hi\n'));
    await expect(inspectArchive(archivePath, { archiveName: 'run.sh' })).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
      message: 'Cannot unpack "run.sh"',
      cause: new Error('it is not a zip, tar or tar.gz archive'),
    });
  });

  test('stops when told to, with the reason', async () => {
    const { archivePath } = folderWith(rawZip([{ name: 'a' }]));
    chmodSync(archivePath, 0o600);
    const reason = new Error('enough');
    await expect(inspectArchive(archivePath, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
