import { expect, test } from '@jest/globals';
import { isStillWanted, wantedVersion } from '../../../../../src/agent/update/job/wanted-version.ts';
import { initialState } from '../../../../../src/agent/update/switch/switch-state.ts';

const STATE = initialState('1.0.0');
const BAD = { '1.1.0': { reason: 'It ended', at: 1 } };

test.each([
  [STATE, '1.1.0', '1.1.0'],
  [STATE, undefined, undefined],
  [{ ...STATE, bad: BAD }, '1.1.0', undefined],
  [{ ...STATE, bad: BAD }, '1.2.0', '1.2.0'],
  [{ ...STATE, pinned: '1.0.5' }, '1.1.0', '1.0.5'],
  [{ ...STATE, pinned: '1.0.5' }, undefined, '1.0.5'],
])('in %j a server that wants %s gets %s', (state, desired, wanted) => {
  expect(wantedVersion(state, desired)).toBe(wanted);
});

const ORIGIN = { updateTo: '1.1.0', updateFrom: '1.0.0' };
const LEFT = { '1.0.0': { reason: 'It was rolled back', at: 1 } };

test.each([
  ['the server names it', true, STATE, '1.1.0'],
  ['the server names another', false, STATE, '1.2.0'],
  ['the server names another that failed here', false, { ...STATE, bad: { '1.2.0': BAD['1.1.0'] } }, '1.2.0'],
  ['nobody names any version any more', false, STATE, undefined],
  ['the endpoint was pinned meanwhile', false, { ...STATE, pinned: '1.0.0' }, '1.1.0'],
  [
    'it leads away from a version that failed, and nobody names another',
    true,
    { ...STATE, bad: LEFT },
    undefined,
  ],
  ['it leads away from the version that the server names', true, { ...STATE, bad: LEFT }, '1.0.0'],
  [
    'it leads away from a version that failed, and the server names a third',
    false,
    { ...STATE, bad: LEFT },
    '1.2.0',
  ],
])('a change of version that has begun, when %s, is still wanted: %j', (_, isWanted, state, desired) => {
  expect(isStillWanted(ORIGIN, state, desired)).toBe(isWanted);
});
