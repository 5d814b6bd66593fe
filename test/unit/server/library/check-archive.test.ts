import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkArchive } from '../../../../src/server/library/check-archive.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { zipOf, type ZipContent } from '../../../support/zip.ts';

const CLAIM = { filename: 'run.sh', executor: 'sh', os: 'linux', timeoutSeconds: 60, kind: 'job' } as const;

describe('checkArchive', () => {
  const onEnd = useCleanup();

  async function check(content: ZipContent | Buffer): Promise<unknown> {
    const path = join(makeTempDir(onEnd), 'archive');
    writeFileSync(path, Buffer.isBuffer(content) ? content : await zipOf(content));
    return await checkArchive(path, CLAIM);
  }

  test('takes an archive with the job’s file and no manifest', async () => {
    expect(await check({ 'run.sh': 'true', 'data/a.txt': 'a' })).toBeUndefined();
  });

  test.each([
    ['says the same', { executor: 'sh', filename: 'run.sh', os: 'linux', timeoutSeconds: 60 }],
    ['says it in other letters', { executor: 'SH', os: 'Linux' }],
    ['says other things', { description: 'Another' }],
  ])('gives back a manifest that %s', async (_what, manifest) => {
    expect(await check({ 'run.sh': 'true', 'manifest.json': JSON.stringify(manifest) })).toEqual(manifest);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'filename',
      { filename: 'other.sh' },
      'manifest.json says filename "other.sh", but the job says "run.sh"',
    ],
    ['executor', { executor: 'python' }, 'manifest.json says executor "python", but the job says "sh"'],
    ['os', { os: 'windows' }, 'manifest.json says os "windows", but the job says "linux"'],
    ['kind', { kind: 'task' }, 'manifest.json says kind "task", but the job says "job"'],
    ['timeoutSeconds', { timeoutSeconds: 5 }, 'manifest.json says timeoutSeconds "5", but the job says "60"'],
  ])('refuses a manifest that contradicts the job’s %s', async (_field, manifest, message) => {
    await expect(
      check({ 'run.sh': 'true', 'manifest.json': JSON.stringify(manifest) }),
    ).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
      message: `${message}; make the two agree`,
    });
  });

  test.each([
    ['a manifest that is no JSON', { 'run.sh': '', 'manifest.json': '{' }, 'MANIFEST_INVALID'],
    [
      'a manifest with a wrong field',
      { 'run.sh': '', 'manifest.json': '{"executor":1}' },
      'MANIFEST_INVALID',
    ],
    ['an archive without the job’s file', { 'other.sh': '' }, 'PROGRAM_MISSING'],
    ['an archive with the job’s file in a folder', { 'sub/run.sh': '' }, 'PROGRAM_MISSING'],
    ['what is no archive', Buffer.from('#!/bin/sh\ntrue\n'), 'ARCHIVE_CORRUPT'],
    ['an empty file', Buffer.alloc(0), 'ARCHIVE_CORRUPT'],
  ])('refuses %s', async (_what, content, code) => {
    await expect(check(content as ZipContent | Buffer)).rejects.toMatchObject({ code });
  });
});
