import { mkdirSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import {
  clearSigns,
  hasCheckedIn,
  isStopping,
  lastAlive,
  lastStopped,
  signalAlive,
  signalCheckedIn,
  signalStopping,
} from '../../../../../src/agent/update/switch/signs.ts';
import { versionsDirOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();
let stateDir: string;

beforeEach(() => {
  stateDir = makeTempDir(onEnd);
  mkdirSync(versionsDirOf(stateDir));
  clearSigns(stateDir, 1);
});

test('each sign of life is another one; before the first there is none', async () => {
  expect(lastAlive(stateDir)).toBeUndefined();
  signalAlive(stateDir);
  const before = lastAlive(stateDir);
  const seen = await waitFor(
    () => {
      signalAlive(stateDir);
      return lastAlive(stateDir) !== before;
    },
    { what: 'a later time' },
  );
  expect(seen).toBe(true);
});

test('having checked in is forgotten before the next process', () => {
  expect(hasCheckedIn(stateDir)).toBe(false);
  signalCheckedIn(stateDir);
  expect(hasCheckedIn(stateDir)).toBe(true);
  clearSigns(stateDir, 2);
  expect(hasCheckedIn(stateDir)).toBe(false);
});

test('being asked to stop is said of one process, and forgotten before the next one of its ID', () => {
  signalStopping(stateDir, 42);
  expect([isStopping(stateDir, 42), isStopping(stateDir, 43)]).toEqual([true, false]);
  clearSigns(stateDir, 42);
  expect(isStopping(stateDir, 42)).toBe(false);
});

test('that one process was asked to stop is known to its guard also after the next one was started', () => {
  signalStopping(stateDir, 42);
  clearSigns(stateDir, 43);
  expect(isStopping(stateDir, 42)).toBe(true);
});

test('the last time that any was asked to stop is known', () => {
  expect(lastStopped(stateDir)).toBeUndefined();
  const before = Date.now();
  signalStopping(stateDir, 42);
  expect(lastStopped(stateDir)).toBeGreaterThanOrEqual(before - 10); // file systems count in ticks
});

test('without any folder there is no sign', () => {
  const empty = makeTempDir(onEnd);
  const seen = [lastAlive(empty), lastStopped(empty), hasCheckedIn(empty), isStopping(empty, 42)];
  expect(seen).toEqual([undefined, undefined, false, false]);
});
