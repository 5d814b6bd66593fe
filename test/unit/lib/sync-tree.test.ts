import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { syncTree } from '../../../src/lib/sync-tree.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();

test('goes through a tree with folders in folders and empty files', async () => {
  const dir = makeTempDir(onEnd);
  mkdirSync(join(dir, 'a', 'b'), { recursive: true });
  for (const name of ['file', join('a', 'file'), join('a', 'b', 'file')]) writeFileSync(join(dir, name), '');
  await expect(syncTree(dir)).resolves.toBeUndefined();
});

test('fails for what is not there', async () => {
  await expect(syncTree(join(makeTempDir(onEnd), 'missing'))).rejects.toThrow('ENOENT');
});
