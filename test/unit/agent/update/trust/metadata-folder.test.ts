import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MetadataFolder } from '../../../../../src/agent/update/trust/metadata-folder.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const FILES = { root: '{"a":1}', timestamp: '{"b":1}' };

function newFolder(): MetadataFolder {
  return new MetadataFolder(join(makeTempDir(onEnd), 'work'));
}

test('gives back what was put in, and what was written there since', () => {
  const folder = newFolder();
  folder.fill(FILES);
  writeFileSync(join(folder.path, 'timestamp.json'), '{"b":2}');
  writeFileSync(join(folder.path, 'snapshot.json'), '{"c":1}');
  expect(folder.read()).toEqual({ root: '{"a":1}', timestamp: '{"b":2}', snapshot: '{"c":1}' });
});

test('a file that was cut off while it was written is not there', () => {
  const folder = newFolder();
  folder.fill(FILES);
  writeFileSync(join(folder.path, 'timestamp.json'), '{"b":');
  expect(folder.read()).toEqual({ root: '{"a":1}' });
});

test('what a killed process left is gone when it is filled again', () => {
  const folder = newFolder();
  folder.fill({ ...FILES, snapshot: '{}' });
  folder.fill(FILES);
  expect(folder.read()).toEqual(FILES);
  folder.remove();
  expect(existsSync(folder.path)).toBe(false);
});

test('a place that cannot be written says so', () => {
  const folder = new MetadataFolder(join(makeTempDir(onEnd), 'missing', 'work'));
  expect(() => folder.fill(FILES)).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE' }));
});
