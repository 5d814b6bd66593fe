import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MetadataFiles } from '../../../../src/server/releases/metadata-files.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('what was written is read again, and what was not is not there', () => {
  const files = new MetadataFiles(join(makeTempDir(onEnd), 'metadata'));
  expect([files.read('1.root.json'), files.readDraft(), files.latestRoot()]).toEqual([
    undefined,
    undefined,
    0,
  ]);
  files.write('1.root.json', Buffer.from('one'));
  files.writeDraft({ root: 2 });
  expect([files.read('1.root.json')?.toString(), files.readDraft()]).toEqual(['one', '{"root":2}']);
  expect(statSync(join(files.dir, '1.root.json')).mode & 0o777).toBe(0o600);
  files.removeDraft();
  expect(files.readDraft()).toBeUndefined();
});

test('the latest root is the one with the highest number', () => {
  const files = new MetadataFiles(makeTempDir(onEnd));
  for (const name of ['9.root.json', '10.root.json', '11.targets.json', '12.root.json.tmp'])
    files.write(name, Buffer.from('{}'));
  expect(files.latestRoot()).toBe(10);
});
