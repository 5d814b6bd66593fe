import { expect, test } from '@jest/globals';
import {
  takeLaunchMark,
  validMark,
  withLaunchMark,
} from '../../../../../src/agent/update/switch/launch-mark.ts';

const mark = { version: '1.1.0', launcher: { executablePath: '/usr/bin/commander-agent', leadingArgs: [] } };

test('a mark is found once, and by nobody after that', () => {
  const environment = withLaunchMark({ HOME: '/root' }, mark);
  expect(takeLaunchMark(environment)).toEqual(mark);
  expect(environment).toEqual({ HOME: '/root' });
  expect(takeLaunchMark(environment)).toBeUndefined();
});

test('what is no mark counts as none', () => {
  expect(takeLaunchMark({ COMMANDER_LAUNCHED_AS: 'anything' })).toBeUndefined();
});

test.each([
  ['a version that was started from its folder', '1.1.0', '/state/versions/1.1.0/commander-agent', true],
  ['the installed executable itself', '1.1.0', '/usr/bin/commander-agent', true],
  ['an executable that has replaced the installed one', '1.2.0', '/usr/bin/commander-agent', false],
])('the mark of %s: %s', (_, version, executablePath, counts) => {
  expect(validMark(mark, { version, self: { executablePath } })).toBe(counts ? mark : undefined);
});
