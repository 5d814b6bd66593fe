import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { OutputFile } from '../../../../src/lib/process/output-file.ts';
import { readOutput } from '../../../../src/lib/process/read-output.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

async function written(text: string, capBytes: number): Promise<string> {
  const path = join(makeTempDir(onEnd), 'stdout');
  const file = new OutputFile(path, capBytes);
  // In pieces, so that the ring turns within and between them.
  for (let start = 0; start < text.length; start += 3)
    await file.write(Buffer.from(text.slice(start, start + 3)));
  await file.close();
  return path;
}

async function ends(
  path: string,
  options: Parameters<typeof readOutput>[1],
): Promise<[string, string, number]> {
  const { head, tail, totalBytes } = await readOutput(path, options);
  return [Buffer.from(head).toString(), Buffer.from(tail).toString(), totalBytes];
}

test('every length, cut into every ring, gives its first and its last bytes', async () => {
  for (const capBytes of [4, 7, 10]) {
    for (let length = 0; length <= ALPHABET.length; length++) {
      const text = ALPHABET.slice(0, length);
      const path = await written(text, capBytes);
      const whole = length <= Math.min(4, capBytes);
      const wanted = whole ? [text, '', length] : [text.slice(0, 2), text.slice(-2), length];
      expect(await ends(path, { capBytes, endBytes: 2, totalBytes: length })).toEqual(wanted);
    }
  }
});

test('no more is given of an end than the file can hold of it', async () => {
  const path = await written(ALPHABET, 10);
  expect(await ends(path, { capBytes: 10, endBytes: 100, totalBytes: 26 })).toEqual(['abcde', 'vwxyz', 26]);
});

test('an output that was never written is empty', async () => {
  const path = join(makeTempDir(onEnd), 'none');
  expect(await ends(path, { capBytes: 10, endBytes: 2, totalBytes: 0 })).toEqual(['', '', 0]);
});

test('after a crash, when nobody knows the total, it is what is there', async () => {
  const path = await written('abc', 10);
  expect(await ends(path, { capBytes: 10, endBytes: 2 })).toEqual(['abc', '', 3]);
});

test('when the disk was full, the beginning is there and the total is still told', async () => {
  const path = join(makeTempDir(onEnd), 'stdout');
  writeFileSync(path, 'abcdef');
  truncateSync(path, 4);
  expect(await ends(path, { capBytes: 10, endBytes: 3, totalBytes: 9 })).toEqual(['abc', '', 9]);
});
