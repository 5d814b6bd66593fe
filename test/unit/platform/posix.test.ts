import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { posixBasics } from '../../../src/platform/posix.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

testOnPosix('a private folder is for this user alone, also when it was open before', () => {
  const root = makeTempDir(onEnd);
  const open = join(root, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  for (const dir of [open, join(root, 'new', 'inner')]) {
    posixBasics.makePrivateDir(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  }
});

testOnPosix('a program is found on the PATH of the environment it is asked for', () => {
  expect(posixBasics.findProgram('sh', { PATH: '/nowhere' })).toBeUndefined();
  expect(posixBasics.findProgram('sh', {})).toMatch(/^\/(usr\/)?bin\/sh$/);
});
