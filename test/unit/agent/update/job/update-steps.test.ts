import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { executablePathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { jobWhen, UpdatingWorld } from '../../../../support/updating-world.ts';

const onEnd = useCleanup();

test('a version is fetched into a folder of its own, and how much comes is told a few times', async () => {
  const world = new UpdatingWorld(onEnd);
  world.obtain = async ({ targetPath, onProgress }) => {
    expect(existsSync(dirname(targetPath))).toBe(true);
    for (let fetched = 0; fetched <= 40; fetched++)
      onProgress?.({ size: 100, reused: 60, toFetch: 40, fetched });
    await Promise.resolve();
  };
  const { store } = world.start('1.0.0');
  await jobWhen(store, ({ phase }) => phase === 'running');
  const told = world
    .output()
    .split('\n')
    .map((line) => line.slice(25));
  expect(told.slice(1, 6)).toEqual([
    'Of 100 bytes 60 are here; 40 are to be fetched',
    ...[10, 20, 30, 40].map((bytes) => `${bytes} bytes fetched (${(bytes * 100) / 40} %)`),
  ]);
});

test('the previous version is here already, and is tried out again', async () => {
  const world = new UpdatingWorld(onEnd);
  world.change((state) => ({ ...state, current: '1.2.0', previous: '1.1.0' }));
  const path = executablePathOf(world.stateDir, '1.1.0', { os: 'linux' });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  const { store } = world.start('1.2.0');
  await jobWhen(store, ({ phase }) => phase === 'running');
  expect(world.calls.slice(0, 1)).toEqual(['preflight 1.1.0']);
});
