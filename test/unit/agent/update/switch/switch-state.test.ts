import { expect, test } from '@jest/globals';
import {
  initialState,
  lapsed,
  left,
  named,
  pardoned,
  pinnedTo,
  proven,
  reinstalled,
  started,
  stopped,
  switched,
  turnedBack,
  unpinned,
} from '../../../../../src/agent/update/switch/switch-state.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const before = initialState('1.0.0');
const trying = switched(before, { version: '1.1.0', jobID: 'job-1', at: NOW });
const probation = { version: '1.1.0', from: '1.0.0', jobID: 'job-1', since: NOW, starts: 0 };
const mark = { reason: 'It crashed', at: NOW };

test('a version that is switched to is on probation, and the one before it is kept', () => {
  expect(trying).toEqual({ base: '1.0.0', current: '1.1.0', previous: '1.0.0', probation, bad: {} });
});

test('its starts are counted', () => {
  expect(started(started(trying)).probation?.starts).toBe(2);
  expect(started(before)).toBe(before);
});

test('once proven it stays', () => {
  expect(proven(trying)).toEqual({ base: '1.0.0', current: '1.1.0', previous: '1.0.0', bad: {} });
});

test('going back names the version before, and remembers what was wrong', () => {
  expect(turnedBack(trying, mark)).toEqual({ base: '1.0.0', current: '1.0.0', bad: { '1.1.0': mark } });
});

test('going back without a probation changes nothing', () => {
  expect(turnedBack(before, mark)).toBe(before);
});

test('going back from an older version leads to the newer one', () => {
  const older = switched(proven(trying), { version: '1.0.0', jobID: 'job-2', at: NOW });
  expect(turnedBack(older, mark)).toMatchObject({ current: '1.1.0', bad: { '1.0.0': mark } });
});

test('an executable that was installed anew is what counts; what was bad stays so', () => {
  const bad = turnedBack(trying, mark);
  expect(reinstalled({ ...bad, pinned: '1.0.0' }, '1.2.0')).toEqual({
    ...{ base: '1.2.0', current: '1.2.0', pinned: '1.0.0' },
    bad: { '1.1.0': mark },
  });
});

test('a version that failed may be tried again when somebody asks', () => {
  expect(pardoned(turnedBack(trying, mark), '1.1.0').bad).toEqual({});
});

test.each<[what: string, before: string | null | undefined, now: string | undefined, isPardoned: boolean]>([
  ['another one before', '1.0.0', '1.1.0', true],
  ['none before', null, '1.1.0', true],
  ['the same before', '1.1.0', '1.1.0', false],
  ['something that nobody has written down', undefined, '1.1.0', false],
  ['it before and none now', '1.1.0', undefined, false],
  ['it before and another one now', '1.1.0', '1.2.0', false],
])(
  'a server that wanted %s: that is remembered, and a version named anew may be tried again',
  (_, wanted, version, isPardoned) => {
    const failed = turnedBack(trying, mark);
    const state = named(wanted === undefined ? failed : { ...failed, wanted }, version);
    expect(state.wanted).toBe(version ?? null);
    expect(state.bad).toEqual(isPardoned ? {} : { '1.1.0': mark });
  },
);

test.each([
  ['before its time', NOW + 59, true],
  ['at its time', NOW + 60, false],
  ['by a clock that was set back since', NOW - 1, false],
])('of a mark that has a time, seen %s, there is left what is due', (_when, now, isThere) => {
  const marked = { ...before, bad: { '1.1.0': { ...mark, retryAt: NOW + 60 }, '1.2.0': mark } };
  const left = lapsed(marked, now);
  expect(Object.keys(left.bad)).toEqual(isThere ? ['1.1.0', '1.2.0'] : ['1.2.0']);
  expect(left === marked).toBe(isThere);
});

test('a start that ended in a stop that was asked for is taken off, once', () => {
  const once = stopped(started(started(trying)), NOW + 1);
  expect(once.probation).toMatchObject({ starts: 1, stoppedAt: NOW + 1 });
  expect(stopped(once, NOW + 1)).toBe(once);
  expect(stopped(started(trying), NOW).probation?.starts).toBe(1);
  expect(stopped(before, NOW + 1)).toBe(before);
});

test('a pin names a version, which may be tried again, until it is taken away', () => {
  const pinned = pinnedTo(turnedBack(trying, mark), '1.1.0');
  expect(pinned).toEqual({ ...before, pinned: '1.1.0' });
  expect(unpinned(pinned)).toEqual(before);
  expect(unpinned(before)).toBe(before);
});

test('a version that somebody wants to leave is marked, and nothing pins it; on probation it is turned back', () => {
  const there = proven(trying);
  expect(left({ ...there, pinned: '1.1.0' }, mark)).toEqual({ ...there, bad: { '1.1.0': mark } });
  expect(left({ ...there, pinned: '1.0.0' }, mark).pinned).toBe('1.0.0');
  expect(left(trying, mark)).toEqual(turnedBack(trying, mark));
});
