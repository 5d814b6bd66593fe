import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { EarlyArchives } from '../../../../src/agent/remote/early-archives.ts';

const CONTENT = Buffer.from('an archive');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

test('an archive that came is there, until others come', () => {
  const early = new EarlyArchives();
  early.replace(new Map([[SHA256, CONTENT]]));
  expect(early.get(SHA256)).toEqual(CONTENT);

  early.replace(new Map());
  expect(early.get(SHA256)).toBeUndefined();
});

test('content that is not what its hash says is as good as none', () => {
  const early = new EarlyArchives();
  early.replace(new Map([['0'.repeat(64), CONTENT]]));
  expect(early.get('0'.repeat(64))).toBeUndefined();
});
