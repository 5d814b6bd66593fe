import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { KeptMetadata } from '../../../../../src/agent/update/trust/kept-metadata.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const METADATA = { agentID: 'a', verifiedAt: 1, files: { root: '{}', timestamp: '{"signed":{}}' } };

test('what was kept is there for the next process, and nothing is left beside it', () => {
  const dir = makeTempDir(onEnd);
  const path = join(dir, 'releases.json');
  new KeptMetadata(path).save(METADATA);
  expect(new KeptMetadata(path).load('a')).toEqual(METADATA);
  expect(readdirSync(dir)).toEqual(['releases.json']);
});

test('what belongs to another enrolment is not there', () => {
  const kept = new KeptMetadata(join(makeTempDir(onEnd), 'releases.json'));
  kept.save(METADATA);
  expect(kept.load('b')).toBeUndefined();
});

test.each([
  '',
  '{"agentID":"a"',
  'null',
  '{"agentID":"a","files":{}}',
  '{"agentID":"a","files":{"root":"{}"}}',
])('a file that says %j is nothing to build on', (text) => {
  const path = join(makeTempDir(onEnd), 'releases.json');
  writeFileSync(path, text);
  expect(new KeptMetadata(path).load('a')).toBeUndefined();
});

test('a place that cannot be read or written says so', () => {
  const path = join(makeTempDir(onEnd), 'releases.json');
  mkdirSync(path);
  const code = 'STATE_UNWRITABLE';
  expect(() => new KeptMetadata(path).load('a')).toThrow(expect.objectContaining({ code }));
  expect(() => new KeptMetadata(path).save(METADATA)).toThrow(expect.objectContaining({ code }));
});
