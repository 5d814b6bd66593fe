import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PartFile } from '../../../../../src/agent/update/download/part-file.ts';
import { reuseBlocks } from '../../../../../src/agent/update/download/reuse-blocks.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { cutBytes } from '../../../../support/cut-bytes.ts';
import { noise } from '../../../../support/noise.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const content = noise(1_000_000);
const { signal } = new AbortController();

/** What is still missing of the content after another file was looked through. */
async function missingAfter(similar: (path: string) => void): Promise<number> {
  const dir = makeTempDir(onEnd);
  const from = join(dir, 'similar');
  similar(from);
  const map = await cutBytes(content);
  const part = await PartFile.open(join(dir, 'part'), map, signal);
  onEnd(async () => await part.close());
  await reuseBlocks(part, { map, from, signal });
  return part.missingBytes;
}

test('the same file has all blocks', async () => {
  expect(await missingAfter((path) => writeFileSync(path, content))).toBe(0);
});

test('a file with something before and something else inside has most of them', async () => {
  const other = Buffer.concat([
    noise(5, 1),
    content.subarray(0, 500_000),
    noise(50, 2),
    content.subarray(500_000),
  ]);
  const missing = await missingAfter((path) => writeFileSync(path, other));
  expect(missing).toBeGreaterThan(0);
  expect(missing).toBeLessThan(400_000);
});

test.each([
  ['another file', (path: string) => writeFileSync(path, noise(1000, 1))],
  ['an empty file', (path: string) => writeFileSync(path, '')],
  ['a folder', (path: string) => mkdirSync(path)],
  ['nothing there', () => undefined],
])('%s has none, and that is no error', async (_, similar) => {
  expect(await missingAfter(similar)).toBe(content.length);
});
