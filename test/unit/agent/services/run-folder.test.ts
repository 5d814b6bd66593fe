import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RunFolder } from '../../../../src/agent/services/run-folder.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

function makeFolder(files: Record<string, string> = {}): RunFolder {
  const folder = new RunFolder(join(makeTempDir(onEnd), 'runs', 'one'));
  folder.make();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.dir, name), text);
  return folder;
}

test('the mark names the folder', () => {
  const folder = makeFolder();
  expect(folder.mark).toEqual({ name: 'COMMANDER_SERVICE', value: folder.dir });
});

test('limits the log in one piece, and again', () => {
  const folder = makeFolder();
  folder.limitLog({ maxBytes: 4096, files: 3 });
  folder.limitLog({ maxBytes: 8192, files: 1 });
  expect(readFileSync(join(folder.dir, 'log-limits'), 'utf8')).toBe('8192 1\n');
  expect(readdirSync(folder.dir)).toEqual(['log-limits']);
});

describe('the token', () => {
  test('is taken once by whoever closes the folder, and no shepherd finds it after', () => {
    const folder = makeFolder();
    expect([folder.close(), folder.close()]).toEqual([true, false]);
    expect(readFileSync(join(folder.dir, 'shepherd'), 'utf8')).toBe('');
    expect(folder.shepherd()).toBeUndefined();
  });

  test('is left to the shepherd that has it', () => {
    const folder = makeFolder({ shepherd: '7\nboot\n99\n' });
    expect(folder.close()).toBe(false);
    expect(folder.shepherd()).toEqual({ pid: 7, identity: '7 boot 99' });
  });

  test('is not to be had by anybody where there is no folder', () => {
    const folder = makeFolder();
    rmSync(folder.dir, { recursive: true });
    expect(folder.close()).toBe(true);
    expect(existsSync(folder.dir)).toBe(false);
  });
});

test.each<[string, Record<string, string>, [number | undefined, number | undefined]]>([
  ['nothing', {}, [undefined, undefined]],
  ['what has been begun only', { program: '', exit: '' }, [undefined, undefined]],
  ['its program', { program: '42\n' }, [42, undefined]],
  ['its end', { program: '42\n', exit: '0\n' }, [42, 0]],
])('tells %s', (_, files, expected) => {
  const folder = makeFolder(files);
  expect([folder.programPid(), folder.exitCode()]).toEqual(expected);
});

test('says when something in it has changed, until nobody asks any more', async () => {
  const folder = makeFolder();
  let rings = 0;
  const stop = folder.watch(() => (rings += 1));
  writeFileSync(join(folder.dir, 'exit'), '0');
  await waitFor(() => rings > 0, { what: 'the change to be told' });
  stop();
});

test('says when it is gone', async () => {
  const folder = makeFolder();
  let rings = 0;
  onEnd(folder.watch(() => (rings += 1)));
  rmSync(folder.dir, { recursive: true });
  await waitFor(() => rings > 0, { what: 'the end to be told' });
});
