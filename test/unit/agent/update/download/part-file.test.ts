import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PartFile } from '../../../../../src/agent/update/download/part-file.ts';
import { offsetsOf } from '../../../../../src/agent/update/download/runs.ts';
import type { BlockMap } from '../../../../../src/protocol/schemas/releases.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { cutBytes } from '../../../../support/cut-bytes.ts';
import { noise } from '../../../../support/noise.ts';
import { testOnPosix } from '../../../../support/on-posix.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const content = noise(300_000);
const { signal } = new AbortController();

interface Opened {
  readonly part: PartFile;
  readonly map: BlockMap;
  readonly path: string;
  readonly targetPath: string;
  readonly block: (number: number) => Uint8Array;
}

async function openWith(left?: Uint8Array): Promise<Opened> {
  const targetPath = join(makeTempDir(onEnd), 'file');
  const path = `${targetPath}.part`;
  if (left !== undefined) writeFileSync(path, left);
  const map = await cutBytes(content);
  const part = await PartFile.open(path, map, signal);
  onEnd(async () => await part.close());
  const offsets = offsetsOf(map);
  const block = (number: number): Uint8Array => {
    const from = offsets[number] ?? 0;
    return content.subarray(from, from + (map.blocks[number]?.[0] ?? 0));
  };
  return { part, map, path, targetPath, block };
}

async function putAll({ part, block }: Opened): Promise<void> {
  for (const number of part.missing) expect(await part.put(number, block(number))).toBe(true);
}

test('a new file lacks all of its blocks', async () => {
  const { part, map } = await openWith();
  expect(part.missing).toEqual([...map.blocks.keys()]);
  expect(part.missingBytes).toBe(content.length);
});

test('with all blocks in it, in any order, it takes its place and can be run', async () => {
  const opened = await openWith();
  const { part, path, targetPath, block } = opened;
  const last = part.missing.at(-1) ?? 0;
  await part.put(last, block(last));
  await putAll(opened);
  await part.finish(targetPath, signal);
  expect(readFileSync(targetPath).equals(content)).toBe(true);
  expect(existsSync(path)).toBe(false);
});

testOnPosix('it can be run', async () => {
  const opened = await openWith(content);
  await opened.part.finish(opened.targetPath, signal);
  expect(statSync(opened.targetPath).mode & 0o777).toBe(0o755);
});

test('what is not the block is not taken', async () => {
  const { part, block } = await openWith();
  expect(await part.put(0, block(1))).toBe(false);
  expect(await part.put(0, block(0).subarray(1))).toBe(false);
  expect(part.lacks(0)).toBe(true);
});

test('what an interrupted attempt left counts as far as it is right', async () => {
  const left = Uint8Array.from(content.subarray(0, -1));
  left[0] = (left[0] ?? 0) ^ 1;
  const { part, map } = await openWith(left);
  expect(part.missing).toEqual([0, map.blocks.length - 1]);
});

test('what is too long is cut off', async () => {
  const { part, path } = await openWith(Buffer.concat([content, content]));
  expect(part.missing).toEqual([]);
  expect(statSync(path).size).toBe(content.length);
});

test('what is not whole never takes its place, and is begun anew', async () => {
  const { part, path, targetPath } = await openWith(content.subarray(0, 100_000));
  await expect(part.finish(targetPath, signal)).rejects.toMatchObject({ code: 'RELEASE_UNTRUSTED' });
  expect([existsSync(path), existsSync(targetPath)]).toEqual([false, false]);
});

test('a place that cannot be written says so', async () => {
  const path = join(makeTempDir(onEnd), 'missing', 'file');
  await expect(PartFile.open(path, await cutBytes(content), signal)).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
  });
});

const FULL = '/dev/full';

(existsSync(FULL) ? test : test.skip)('a full disk says so', async () => {
  const map = await cutBytes(content);
  const part = await PartFile.open(FULL, map, signal);
  onEnd(async () => await part.close());
  const first = content.subarray(0, map.blocks[0]?.[0]);
  await expect(part.put(0, first)).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
});
