import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { hashFile, receiveFile } from '../../../../src/agent/remote/receive-file.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

async function* bodyOf(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const tooMuch = (): AppError => new AppError('ARCHIVE_TOO_LARGE', 'Too much');

test('a body is in the file, and its hash is given back', async () => {
  const filePath = join(makeTempDir(onEnd), 'a');
  const hash = await receiveFile(bodyOf('he', 'llo'), { filePath, offset: 0, maxBytes: 5, tooMuch });
  expect([readFileSync(filePath, 'utf8'), hash, await hashFile(filePath)]).toEqual([
    'hello',
    sha256('hello'),
    hash,
  ]);
});

test('what was there before the offset is gone on from, what lay after it is cut off', async () => {
  const filePath = join(makeTempDir(onEnd), 'a');
  writeFileSync(filePath, 'hellXXXXXXXX');
  const hash = await receiveFile(bodyOf('o'), { filePath, offset: 4, maxBytes: 5, tooMuch });
  expect([readFileSync(filePath, 'utf8'), hash]).toEqual(['hello', sha256('hello')]);
});

test('without an offset the file begins anew', async () => {
  const filePath = join(makeTempDir(onEnd), 'a');
  writeFileSync(filePath, 'something longer');
  await receiveFile(bodyOf('new'), { filePath, offset: 0, maxBytes: 5, tooMuch });
  expect(readFileSync(filePath, 'utf8')).toBe('new');
});

test('an empty body makes an empty file', async () => {
  const filePath = join(makeTempDir(onEnd), 'a');
  expect(await receiveFile(bodyOf(), { filePath, offset: 0, maxBytes: 5, tooMuch })).toBe(sha256(''));
  expect(await hashFile(filePath)).toBe(sha256(''));
});

test('the first byte too many ends it, those that were there count', async () => {
  const filePath = join(makeTempDir(onEnd), 'a');
  writeFileSync(filePath, '1234');
  const receiving = receiveFile(bodyOf('5', '6', '7'), { filePath, offset: 4, maxBytes: 5, tooMuch });
  await expect(receiving).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
  expect(readFileSync(filePath, 'utf8')).toBe('12345');
});

test('a place that cannot be written is said so, and may get better', async () => {
  const filePath = join(makeTempDir(onEnd), 'folder');
  mkdirSync(filePath);
  const receiving = receiveFile(bodyOf('x'), { filePath, offset: 0, maxBytes: 5, tooMuch });
  await expect(receiving).rejects.toMatchObject({ code: 'STATE_UNWRITABLE', retryable: true });
});
