import { readdirSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import {
  loadPublished,
  publish,
  publishNothing,
  publishTimestamp,
  type Publishing,
} from '../../../../src/server/releases/published-metadata.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ReleaseWorld } from '../../../support/release-world.ts';

const onEnd = useCleanup();
let publishing: Publishing;

beforeEach(() => {
  const { files, keys, clock } = new ReleaseWorld(onEnd);
  publishing = { files, keys, nowMs: clock.now() };
});

test('what is published is what is loaded again, each part signed by the key that the root names for it', () => {
  const published = publishNothing(publishing);
  const loaded = loadPublished(publishing.files);
  expect(JSON.stringify(loaded)).toEqual(JSON.stringify(published));
  for (const role of ['root', 'targets', 'snapshot', 'timestamp'] as const) {
    expect(() => loaded.root.verifyDelegate(role, loaded[role])).not.toThrow();
  }
});

test('agents get newer versions than they have seen, and the older ones stay for those that are just fetching', () => {
  const first = publishNothing(publishing);
  publish(publishing, first, { snapshot: 1, timestamp: 1 });
  const { snapshot, timestamp } = loadPublished(publishing.files);
  expect([snapshot.signed.version, timestamp.signed.version]).toEqual([2, 2]);
  publishTimestamp(publishing, { root: first.root, snapshot }, { timestamp: 2 });
  expect(loadPublished(publishing.files).timestamp.signed.version).toBe(3);
  expect(readdirSync(publishing.files.dir).sort()).toEqual([
    '1.root.json',
    '1.snapshot.json',
    '1.targets.json',
    '2.snapshot.json',
    'timestamp.json',
  ]);
});

test.each(['timestamp.json', '1.snapshot.json', '1.targets.json', '1.root.json'])(
  'without a readable %s nothing is loaded',
  (name) => {
    publishNothing(publishing);
    publishing.files.write(name, Buffer.from('[]'));
    expect(() => loadPublished(publishing.files)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
  },
);
