import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadSwitch, saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import { initialState, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { switchPathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
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
