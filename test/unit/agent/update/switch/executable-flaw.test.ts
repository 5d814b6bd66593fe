import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { executableFlaw } from '../../../../../src/agent/update/switch/executable-flaw.ts';
import { executable } from '../../../../support/agent-executable.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { testOnPosix } from '../../../../support/on-posix.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const WHOLE = executable('linux-x64', 'code');
let path: string;

beforeEach(() => {
  path = join(makeTempDir(onEnd), 'commander-agent');
});

test('an executable that is whole has none', async () => {
  writeFileSync(path, WHOLE);
  expect(await executableFlaw(path)).toBeUndefined();
});

test('one that was cut off has', async () => {
  writeFileSync(path, WHOLE.subarray(0, -1));
  expect(await executableFlaw(path)).toMatch(/^Its executable is damaged: it has \d+ bytes of \d+/);
});

test('one that is gone has', async () => {
  expect(await executableFlaw(path)).toBe('Its executable is not there');
});

testOnPosix('what is no file has', async () => {
  mkdirSync(path);
  expect(await executableFlaw(path)).toBe('Its executable cannot be read: EISDIR');
});
