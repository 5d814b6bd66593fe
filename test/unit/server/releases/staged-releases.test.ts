import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import { validateBlockMap } from '../../../../src/protocol/generated/releases.js';
import { ArchiveFiles, type Upload } from '../../../../src/server/library/archive-files.ts';
import { StagedReleases } from '../../../../src/server/releases/staged-releases.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { DAY_MS, sha256Of } from '../../../support/release-world.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const RELEASE = { version: '1.1.0', platform: 'linux-x64' } as const;
const CONTENT = Buffer.alloc(300_000, 'an agent');

const onEnd = useCleanup();
const clock = new SettableClock();
let files: ArchiveFiles;
let staged: StagedReleases;

beforeEach(() => {
  files = new ArchiveFiles(makeTempDir(onEnd));
  staged = new StagedReleases({ files, clock, readExecutable: () => Promise.resolve(RELEASE) });
});

test('an upload is kept with the map of its blocks, until it is published', async () => {
  const sha256 = sha256Of(CONTENT);
  expect(await staged.add(await upload(), 'agent')).toEqual({ ...RELEASE, sha256, size: CONTENT.length });
  const { blocks } = staged.get(sha256);
  const map: unknown = JSON.parse(readFileSync(files.pathOf(blocks.sha256), 'utf8'));
  expect(validateBlockMap(map)).toBe(true);
  expect(map).toMatchObject({ sha256, size: CONTENT.length });
  expect(staged.hashes()).toEqual([sha256, blocks.sha256]);
  staged.forget(sha256);
  expect(staged.hashes()).toEqual([]);
  expect(() => staged.get(sha256)).toThrow(`No executable with SHA-256 ${sha256} was uploaded`);
});

test('who does not publish within a day has to upload again', async () => {
  const { sha256 } = await staged.add(await upload(), 'agent');
  clock.advance(DAY_MS - 1);
  expect(staged.hashes()).toHaveLength(2);
  clock.advance(1);
  expect(staged.hashes()).toEqual([]);
  expect(() => staged.get(sha256)).toThrow();
});

test('what is no agent is not kept', async () => {
  const refusal = new Error('no agent');
  staged = new StagedReleases({ files, clock, readExecutable: () => Promise.reject(refusal) });
  await expect(staged.add(await upload(), 'agent')).rejects.toBe(refusal);
  expect(staged.hashes()).toEqual([]);
});

async function upload(): Promise<Upload> {
  return await files.receive(chunks(), 1_000_000);
}

async function* chunks(): AsyncGenerator<Buffer> {
  yield await Promise.resolve(CONTENT);
}
