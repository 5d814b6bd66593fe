import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { answerAs, askIdentity, shepherdPipe } from '../../../src/platform/shepherd-pipe.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

test('each process has a pipe of its own', () => {
  expect(shepherdPipe(42)).toBe('\\\\.\\pipe\\commander-shepherd-42');
});

// A socket file stands in for a pipe of Windows.
testOnPosix('who asks is told, however often, until the end', async () => {
  const path = join(makeTempDir(onEnd), 'pipe');
  const stop = await answerAs('42 unique', path);
  onEnd(stop);
  expect(await Promise.all([askIdentity(path), askIdentity(path)])).toEqual(['42 unique', '42 unique']);
  stop();
  expect(await askIdentity(path)).toBeUndefined();
});
