import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isInstanceLockHeld, takeInstanceLock } from '../../../src/store/single-instance-lock.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

test('the lock is taken once, seen by others, and free again after release', () => {
  const lockPath = join(makeTempDir(onEnd), 'new', 'lock.db');
  const before = isInstanceLockHeld(lockPath);
  const lock = takeInstanceLock(lockPath);
  const second = takeInstanceLock(lockPath);
  const during = isInstanceLockHeld(lockPath);
  lock?.release();
  const after = isInstanceLockHeld(lockPath);
  const third = takeInstanceLock(lockPath);
  onEnd(() => third?.release());
  expect({ before, during, after, second, third: third !== undefined }).toEqual({
    before: false,
    during: true,
    after: false,
    second: undefined,
    third: true,
  });
});

test('looking does not take it', () => {
  const lockPath = join(makeTempDir(onEnd), 'lock.db');
  takeInstanceLock(lockPath)?.release();
  expect([isInstanceLockHeld(lockPath), isInstanceLockHeld(lockPath)]).toEqual([false, false]);
});

test('a process that is killed lets go of it', async () => {
  const lockPath = join(makeTempDir(onEnd), 'lock.db');
  const source = join(process.cwd(), 'src/store/single-instance-lock.ts');
  const script = `
    import { takeInstanceLock } from ${JSON.stringify(source)};
    globalThis.lock = takeInstanceLock(process.argv[1]);
    process.stdout.write('taken');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, lockPath]);
  onEnd(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const whileAlive = [isInstanceLockHeld(lockPath), takeInstanceLock(lockPath)];
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = takeInstanceLock(lockPath);
  onEnd(() => lock?.release());
  expect([whileAlive, lock !== undefined]).toEqual([[true, undefined], true]);
});

test('a folder that cannot be written is said to be', () => {
  const filePath = join(makeTempDir(onEnd), 'file');
  writeFileSync(filePath, '');
  expect(() => takeInstanceLock(join(filePath, 'lock.db'))).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE' }),
  );
});
