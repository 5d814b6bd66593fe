import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readManifest, requireAgreement } from '../../../../src/agent/jobs/manifest-check.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function folderWith(manifest: string): string {
  const dir = makeTempDir(onEnd);
  writeFileSync(join(dir, 'manifest.json'), manifest);
  return dir;
}

describe('a manifest', () => {
  test('may be missing', () => {
    expect(readManifest(makeTempDir(onEnd))).toBeUndefined();
  });

  test('may say more than is known, and begin with the mark of Windows editors', () => {
    expect(readManifest(folderWith('\ufeff{"executor":"bash","colour":"blue"}'))).toMatchObject({
      executor: 'bash',
    });
  });

  test.each([
    ['cut short', '{"executor":', 'manifest.json is not JSON'],
    ['of the wrong kind', '[]', 'manifest.json is not valid'],
    ['with a path for a name', '{"filename":"../x"}', 'manifest.json is not valid: "filename"'],
    ['endless', ' '.repeat(1024 ** 2 + 1), 'is not a file of at most'],
  ])('is refused when it is %s', (_, text, problem) => {
    expect(() => readManifest(folderWith(text))).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID', message: expect.stringContaining(problem) }),
    );
  });

  test('is refused when it is a folder', () => {
    const dir = makeTempDir(onEnd);
    mkdirSync(join(dir, 'manifest.json'));
    expect(() => readManifest(dir)).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }));
  });
});

describe('agreement of manifest and job', () => {
  const job = sampleAssignment({ executor: 'bash', filename: 'run.sh', os: 'Linux' });

  test.each([
    undefined,
    {},
    { executor: 'bash', filename: 'run.sh', os: 'linux' },
    { executor: 'Bash', timeoutSeconds: 5, description: 'other words' },
  ])('is there with %j', (manifest) => {
    expect(() => requireAgreement(manifest, job)).not.toThrow();
  });

  test.each([
    [{ executor: 'python' }, 'manifest.json says executor "python", the job says "bash"; make the two agree'],
    [
      { filename: 'Run.sh' },
      'manifest.json says filename "Run.sh", the job says "run.sh"; make the two agree',
    ],
    [{ os: 'Windows' }, 'manifest.json says os "Windows", the job says "Linux"; make the two agree'],
  ])('is not there with %j', (manifest, message) => {
    expect(() => requireAgreement(manifest, job)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID', message }),
    );
  });
});
