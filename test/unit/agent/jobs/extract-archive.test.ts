import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { extractArchive } from '../../../../src/agent/jobs/extract-archive.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeFolders, makeJob, makeJobDeps, makeStepContext } from '../../../support/job-deps.ts';
import { rawTarGz } from '../../../support/raw-tar.ts';
import { zipOf } from '../../../support/zip.ts';

const onEnd = useCleanup();

function prepare(archive: Buffer): { extract: () => ReturnType<typeof extractArchive>; filesDir: string } {
  const deps = makeJobDeps(onEnd);
  const job = makeJob(deps, { filename: 'run.sh', executor: 'bash' });
  const { archivePath, filesDir } = makeFolders(deps, job);
  writeFileSync(archivePath, archive);
  return { extract: async () => await extractArchive(job, makeStepContext(deps)), filesDir };
}

test.each<[string, () => Buffer | Promise<Buffer>]>([
  ['zip', async () => await zipOf({ 'run.sh': 'true', 'manifest.json': '{"executor":"bash"}' })],
  ['tar.gz', () => rawTarGz([{ path: './run.sh', content: 'true' }])],
])('a %s is unpacked', async (_, archive) => {
  const { extract, filesDir } = prepare(await archive());
  await expect(extract()).resolves.toEqual({ phase: 'extracted' });
  expect(readFileSync(join(filesDir, 'run.sh'), 'utf8')).toBe('true');
});

test('what an earlier attempt left half done is gone', async () => {
  const { extract, filesDir } = prepare(await zipOf({ 'run.sh': 'true' }));
  mkdirSync(join(filesDir, 'old'));
  writeFileSync(join(filesDir, 'run.sh'), 'tr');
  await extract();
  expect(existsSync(join(filesDir, 'old'))).toBe(false);
  expect(readFileSync(join(filesDir, 'run.sh'), 'utf8')).toBe('true');
});

test.each<[string, Record<string, string>, string, string]>([
  [
    'no program',
    { 'other.sh': '' },
    'PROGRAM_MISSING',
    'The archive does not hold "run.sh" at its top; upload one that does',
  ],
  [
    'a folder in its place',
    { 'run.sh/x': '' },
    'PROGRAM_MISSING',
    'The archive does not hold "run.sh" at its top',
  ],
  [
    'a manifest that says otherwise',
    { 'run.sh': '', 'manifest.json': '{"executor":"python"}' },
    'MANIFEST_INVALID',
    'manifest.json says executor "python", the job says "bash"',
  ],
])('an archive with %s is rejected', async (_, content, code, problem) => {
  const { extract } = prepare(await zipOf(content));
  await expect(extract()).rejects.toMatchObject({ code, message: expect.stringContaining(problem) });
});

test('an archive that cannot be read is named as people know it', async () => {
  const { extract, filesDir } = prepare(Buffer.from('no archive'));
  await expect(extract()).rejects.toMatchObject({
    code: 'ARCHIVE_CORRUPT',
    message: 'Cannot unpack "run.sh"',
  });
  expect(existsSync(filesDir)).toBe(false);
});
