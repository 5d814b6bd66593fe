import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { requireSpace } from '../../../../../src/agent/update/download/require-space.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const MIB = 1024 * 1024;
const free = (bytes: number) => async () => await Promise.resolve(bytes);

test('there must be room for the bytes and 64 MiB more', async () => {
  await requireSpace({ dir: '/x', bytes: 100 * MIB, freeBytes: free(164 * MIB) });
  await expect(
    requireSpace({ dir: '/x', bytes: 100 * MIB, freeBytes: free(164 * MIB - 1) }),
  ).rejects.toMatchObject({
    ...{ code: 'DISK_FULL', retryable: true },
    message: 'Only 164 MiB are free in "/x", and 164 MiB are needed',
  });
});

test('nothing needs no room', async () => {
  await requireSpace({ dir: '/x', bytes: 0, freeBytes: free(0) });
});

test('the system knows how much is free', async () => {
  const dir = makeTempDir(onEnd);
  await requireSpace({ dir, bytes: 1 });
  await expect(requireSpace({ dir, bytes: 2 ** 60 })).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('a folder that is not there says so', async () => {
  const dir = join(makeTempDir(onEnd), 'missing');
  await expect(requireSpace({ dir, bytes: 1 })).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
});
