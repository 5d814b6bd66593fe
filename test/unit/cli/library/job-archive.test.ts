import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { describeArchive, withArchive, type GivenEntry } from '../../../../src/cli/library/job-archive.ts';
import { pack } from '../../../../src/cli/library/pack.ts';
import type { LibraryUpload } from '../../../../src/protocol/schemas/admin/library.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function writeFiles(files: Record<string, string>): string {
  const dir = join(makeTempDir(onEnd), 'job');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
  return dir;
}

describe('what the admin names becomes an archive:', () => {
  test('an archive as it is', async () => {
    const zipPath = join(makeTempDir(onEnd), 'job.zip');
    await pack(writeFiles({ 'run.sh': '' }), zipPath);
    await expect(withArchive(zipPath, (archivePath) => Promise.resolve(archivePath))).resolves.toBe(zipPath);
    expect(existsSync(zipPath)).toBe(true);
  });

  test.each(['', 'run.sh'])(
    'a folder or a script zipped, for as long as it is needed: "%s"',
    async (name) => {
      const source = join(writeFiles({ 'run.sh': '' }), name);
      const used = await withArchive(source, (archivePath) =>
        Promise.resolve({ archivePath, magic: readFileSync(archivePath, 'latin1').slice(0, 2) }),
      );
      expect([used.magic, existsSync(dirname(used.archivePath))]).toEqual(['PK', false]);
    },
  );

  test('nothing at all, which is told', async () => {
    await expect(withArchive('/nowhere/job.zip', () => Promise.resolve())).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
      message: 'Cannot read "/nowhere/job.zip"',
    });
  });
});

async function describeFiles(files: Record<string, string>, given: GivenEntry = {}): Promise<LibraryUpload> {
  return await withArchive(
    writeFiles(files),
    async (archivePath) => await describeArchive(archivePath, given),
  );
}

describe('what the library will say', () => {
  test('is told from the only program', async () => {
    const files = { 'run.sh': '#!/bin/bash\n', 'manifest.json': '{}', 'data/more.sh': '' };
    await expect(describeFiles(files)).resolves.toEqual({
      filename: 'run.sh',
      executor: 'bash',
      description: '',
      os: 'any',
    });
  });

  test('is what the manifest says', async () => {
    const manifest = {
      filename: 'b.py',
      executor: 'pypy',
      description: 'Two',
      os: 'Linux',
      timeoutSeconds: 60,
    };
    const files = { 'a.py': '', 'b.py': '', 'manifest.json': JSON.stringify(manifest) };
    await expect(describeFiles(files)).resolves.toEqual(manifest);
  });

  test('is a task or a service when the manifest makes it one, with what the admin says instead', async () => {
    const manifest = { kind: 'task', argv: ['-v'], schedule: { cron: '0 8 * * *', splaySeconds: 60 } };
    const files = { 'a.sh': '', 'manifest.json': JSON.stringify(manifest) };
    expect((await describeFiles(files)).unit).toEqual({ ...manifest, name: 'a' });
    expect((await describeFiles(files, { unit: { every: 5, name: 'b' }, argv: ['-q'] })).unit).toEqual({
      ...{ kind: 'task', name: 'b', argv: ['-q'] },
      schedule: { everySeconds: 5, splaySeconds: 60 },
    });
  });

  test('is what the admin says, rather than the manifest', async () => {
    const files = { 'a.py': '', 'b.py': '', 'manifest.json': '{"filename":"b.py","description":"Two"}' };
    const given = { filename: 'a.py', executor: 'bash', description: 'One', os: 'macOS', timeoutSeconds: 5 };
    await expect(describeFiles(files, given)).resolves.toEqual(given);
  });
});

describe('it asks', () => {
  test.each([
    [
      'which of several files to run',
      { 'a.sh': '', 'b.sh': '' },
      'there are a.sh, b.sh); say it with --filename',
    ],
    ['when no file is at the top', { 'bin/a.sh': '' }, 'there is none at its top); say it with --filename'],
    [
      'how to run what it does not know',
      { 'a.txt': 'x' },
      'Cannot tell how to run "a.txt"; say it with --executor',
    ],
  ])('%s', async (_what, files, sentence) => {
    await expect(describeFiles(files)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(sentence),
    });
  });
});

describe('it refuses', () => {
  test.each(['job.zip', 'job.tar', 'job.TGZ', 'job.tar.gz'])('"%s" when it is no archive', async (name) => {
    const source = join(writeFiles({ [name]: 'cut short' }), name);
    await expect(withArchive(source, () => Promise.resolve())).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
      message: `"${source}" is not an archive, whatever its name says; make it again`,
    });
  });

  test.each(['../a.sh', 'bin/a.sh', '/a.sh', '..\\a.sh', 'C:a.sh'])(
    'the path "%s" as name',
    async (filename) => {
      await expect(describeFiles({ 'a.sh': '' }, { filename })).rejects.toMatchObject({
        code: 'NAME_INVALID',
        message: `"${filename}" is not a plain file name; give the name alone, without a folder`,
      });
    },
  );

  test('a program that is not in the archive', async () => {
    await expect(describeFiles({ 'a.sh': '' }, { filename: 'b.sh' })).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      message: '"b.sh" is not at the top of the archive',
    });
  });

  test('a manifest that cannot be read', async () => {
    await expect(describeFiles({ 'a.sh': '', 'manifest.json': '{' })).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
    });
  });
});
