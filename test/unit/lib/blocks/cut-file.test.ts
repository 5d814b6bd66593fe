import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { cutFile } from '../../../../src/lib/blocks/cut-file.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { noise } from '../../../support/noise.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

function fileOf(bytes: Uint8Array): string {
  const path = join(makeTempDir(onEnd), 'file');
  writeFileSync(path, bytes);
  return path;
}

test('the blocks are the file, one after the other', async () => {
  const bytes = noise(3_000_000);
  const { cutting, size, sha256, blocks } = await cutFile(fileOf(bytes));
  expect({ cutting, size, sha256 }).toEqual({
    cutting: 'gear-1',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  let at = 0;
  for (const [length, hash] of blocks) {
    const block = bytes.subarray(at, (at += length));
    expect(createHash('sha256').update(block).digest('base64url')).toBe(hash);
  }
  expect(at).toBe(bytes.length);
});

test('an empty file has no blocks', async () => {
  expect(await cutFile(fileOf(new Uint8Array()))).toMatchObject({ size: 0, blocks: [] });
});

test('it can be told to stop', async () => {
  const reason = new Error('enough');
  await expect(cutFile(fileOf(noise(10)), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
