import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { changeSwitch, loadSwitch, saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import { failed, initialState, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { switchLockPathOf, switchPathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { takeInstanceLock } from '../../../../../src/store/single-instance-lock.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();

function stateDirWith(text: string): string {
  const stateDir = makeTempDir(onEnd);
  mkdirSync(dirname(switchPathOf(stateDir)));
  writeFileSync(switchPathOf(stateDir), text);
  return stateDir;
}

test('before any update there is none, and none is made by looking', () => {
  const stateDir = makeTempDir(onEnd);
  expect(loadSwitch(stateDir)).toBeUndefined();
  expect(readdirSync(stateDir)).toEqual([]);
});

test('what was saved is loaded', () => {
  const stateDir = makeTempDir(onEnd);
  const state = switched(
    { ...initialState('1.0.0'), bad: { '1.0.9': { reason: 'It ended by itself', at: 5 } }, pinned: '1.1.0' },
    { version: '1.1.0', jobID: 'job-1', at: 7 },
  );
  saveSwitch(stateDir, state);
  expect(loadSwitch(stateDir)).toEqual(state);
});

test.each([
  ['empty', ''],
  ['cut short', '{"base":"1.0.0","curr'],
  ['full of zeros', '\0'.repeat(200)],
  ['of another shape', '{"base":"1.0.0","current":17,"bad":{}}'],
  ['naming a folder outside', '{"base":"1.0.0","current":"../../tmp","bad":{}}'],
])('a file that is %s counts as none and is set aside', (_, text) => {
  const stateDir = stateDirWith(text);
  expect(loadSwitch(stateDir)).toBeUndefined();
  expect(existsSync(switchPathOf(stateDir))).toBe(false);
  expect(readFileSync(`${switchPathOf(stateDir)}.damaged`, 'utf8')).toBe(text);
});

test('fields of a later version are kept out of the way', () => {
  const stateDir = stateDirWith('{"base":"1.0.0","current":"1.1.0","bad":{},"later":1}');
  expect(loadSwitch(stateDir)).toMatchObject({ current: '1.1.0' });
});

test('a folder that cannot be written is told with its path', () => {
  const stateDir = makeTempDir(onEnd);
  writeFileSync(dirname(switchPathOf(stateDir)), 'a file in its place');
  expect(() => saveSwitch(stateDir, initialState('1.0.0'))).toThrow(
    expect.objectContaining({
      code: 'STATE_UNWRITABLE',
      message: expect.stringContaining(switchPathOf(stateDir)) as unknown,
    }),
  );
});

test('a change is made to what is there, or to what is installed', () => {
  const place = { stateDir: makeTempDir(onEnd), own: '1.0.0' };
  const order = { version: '1.1.0', jobID: 'job-1', at: 7 };
  expect(changeSwitch(place, (state) => switched(state, order))).toEqual(loadSwitch(place.stateDir));
  changeSwitch(place, (state) => failed(state, '1.0.9', { reason: 'It crashed', at: 8 }));
  expect(loadSwitch(place.stateDir)).toMatchObject({
    current: '1.1.0',
    previous: '1.0.0',
    bad: { '1.0.9': {} },
  });
});

test('what is left as it was is not written', () => {
  const place = { stateDir: makeTempDir(onEnd), own: '1.0.0' };
  expect(changeSwitch(place, (state) => state)).toEqual(initialState('1.0.0'));
  expect(loadSwitch(place.stateDir)).toBeUndefined();
});

test('processes that change it at the same time lose nothing of each other', async () => {
  const stateDir = makeTempDir(onEnd);
  const source = (name: string): string => JSON.stringify(resolve('src/agent/update/switch', name));
  const script = `
    import { changeSwitch } from ${source('switch-file.ts')};
    import { failed } from ${source('switch-state.ts')};
    const [stateDir, minor] = process.argv.slice(1);
    for (let patch = 0; patch < 20; patch++)
      changeSwitch({ stateDir, own: '1.0.0' }, (state) => failed(state, ['2', minor, patch].join('.'), { reason: 'It crashed', at: 1 }));`;
  const args = ['--no-warnings', '--input-type=module', '--eval', script, stateDir];
  const ends = ['1', '2', '3'].map((minor) => once(spawn(process.execPath, [...args, minor]), 'exit'));
  expect(await Promise.all(ends)).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ]);
  expect(Object.keys(loadSwitch(stateDir)?.bad ?? {})).toHaveLength(60);
});

test('whoever holds it for too long is told of, and nothing is changed', () => {
  const place = { stateDir: makeTempDir(onEnd), own: '1.0.0' };
  const lock = takeInstanceLock(switchLockPathOf(place.stateDir));
  onEnd(() => lock?.release());
  expect(() => changeSwitch(place, (state) => ({ ...state, pinned: '1.0.0' }))).toThrow(
    expect.objectContaining({
      code: 'STATE_UNWRITABLE',
      retryable: true,
      message: expect.stringContaining('another process') as unknown,
    }),
  );
  expect(loadSwitch(place.stateDir)).toBeUndefined();
});
