import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startOrphan } from '../../../src/platform/orphan.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { testOnPosix } from '../../support/on-posix.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();

testOnPosix('an orphan is no child of ours, and has its arguments as they are', async () => {
  const path = join(makeTempDir(onEnd), 'seen');
  const script = 'echo "$PPID|$MARK|$2" >"$1.part" && mv "$1.part" "$1"';
  const args = ['-c', script, 'sh', path, 'two words; $HOME'];
  startOrphan({ command: '/bin/sh', args }, { os: 'linux', environment: { ...process.env, MARK: 'here' } });
  const seen = await waitFor(() => read(path), { what: 'the orphan' });
  const [parent, ...rest] = seen.trim().split('|');
  expect(parent).not.toBe(String(process.pid));
  expect(rest).toEqual(['here', 'two words; $HOME']);
});

test.each([
  ['one that is not there', 'nowhere'],
  ['one below a file', join('file', 'nowhere')],
])('on Windows %s is no failure of ours', async (_, name) => {
  const dir = makeTempDir(onEnd);
  writeFileSync(join(dir, 'file'), '');
  startOrphan({ command: join(dir, name), args: [] }, { os: 'win32', environment: {} });
  await setImmediate(); // what is not listened to would be thrown by now
});

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
