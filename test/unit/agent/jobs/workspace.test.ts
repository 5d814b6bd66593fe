import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeWorkspace, workspaceOf } from '../../../../src/agent/jobs/workspace.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('a job’s files and its mark are its folder’s', () => {
  const dir = join('w', 'job-1');
  expect(workspaceOf('w', 'job-1')).toEqual({
    dir,
    archivePath: join(dir, 'archive'),
    filesDir: join(dir, 'files'),
    stdoutPath: join(dir, 'stdout'),
    stderrPath: join(dir, 'stderr'),
    mark: { name: 'COMMANDER_JOB', value: dir },
  });
});

test('the folder is private, and may be there already', async () => {
  const workspace = workspaceOf(makeTempDir(onEnd), 'job-1');
  await makeWorkspace(workspace);
  await makeWorkspace(workspace);
  if (process.platform !== 'win32') expect(statSync(workspace.dir).mode & 0o777).toBe(0o700);
});

test('a folder that cannot be made may work later', async () => {
  const file = join(makeTempDir(onEnd), 'file');
  writeFileSync(file, '');
  await expect(makeWorkspace(workspaceOf(file, 'job-1'))).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
    retryable: true,
  });
});
