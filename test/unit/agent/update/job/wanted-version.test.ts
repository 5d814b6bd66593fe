import { expect, test } from '@jest/globals';
import { wantedVersion } from '../../../../../src/agent/update/job/wanted-version.ts';
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
