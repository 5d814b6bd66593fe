import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { OutputFile, ringPosition } from '../../../../src/lib/process/output-file.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

async function writeAll(chunks: string[], capBytes: number): Promise<{ path: string; totalBytes: number }> {
  const path = join(makeTempDir(onEnd), 'stdout');
  const file = new OutputFile(path, capBytes);
  for (const chunk of chunks) await file.write(Buffer.from(chunk));
  await file.close();
  return { path, totalBytes: file.totalBytes };
}

test('what fits is the file, private to us', async () => {
  const { path, totalBytes } = await writeAll(['ab', 'cd'], 8);
  expect(readFileSync(path, 'utf8')).toBe('abcd');
  expect(totalBytes).toBe(4);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  [['abcdefgh'], 'abcdefgh'],
  [['abcdefghi'], 'abcdifgh'],
  [['abcdefg', 'hij', 'kl'], 'abcdijkl'],
  [['abcdefghijklmnop'], 'abcdmnop'],
  [['abcdefghijklmnopq'], 'abcdqnop'],
])('of %j, the first half stays and the rest turns round in the second', async (chunks, stored) => {
  const { path, totalBytes } = await writeAll(chunks, 8);
  expect(readFileSync(path, 'utf8')).toBe(stored);
  expect(totalBytes).toBe(chunks.join('').length);
});

test('no file is made for a program that writes nothing', async () => {
  const { path } = await writeAll([], 8);
  expect(existsSync(path)).toBe(false);
});

test('a disk that takes nothing loses output, but neither the count nor the program', async () => {
  const file = new OutputFile(join(makeTempDir(onEnd), 'missing', 'stdout'), 8);
  await file.write(Buffer.from('abc'));
  await file.write(Buffer.from('de'));
  await file.close();
  expect(file.totalBytes).toBe(5);
  expect(file.problem).toMatchObject({ code: 'ENOENT' });
});

test('with an odd cap, the head is the larger half', () => {
  expect([0, 4, 5, 6, 7, 8].map((offset) => ringPosition(offset, 5))).toEqual([0, 4, 3, 4, 3, 4]);
});
