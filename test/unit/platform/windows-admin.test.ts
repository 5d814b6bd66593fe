import { expect, test } from '@jest/globals';
import { ADMINISTRATORS, isWindowsAdmin, type AskMembership } from '../../../src/platform/windows-admin.ts';

/** Windows, as far as it is asked about a group. */
function windows({ tells, isMember }: { tells: boolean; isMember: boolean }): AskMembership {
  return (token, group, answer) => {
    if (token !== 0n || !group.equals(ADMINISTRATORS)) throw new Error('Another question');
    answer.writeInt32LE(isMember ? 1 : 0);
    return tells ? 1 : 0;
  };
}

test.each([
  [{ tells: true, isMember: true }, true],
  [{ tells: true, isMember: false }, false],
  [{ tells: false, isMember: true }, false],
])('to whom Windows says %j, is an administrator: %s', (answer, expected) => {
  expect(isWindowsAdmin(windows(answer))).toBe(expected);
});

test('the group is S-1-5-32-544', () => {
  const [revision, count] = ADMINISTRATORS;
  const authority = ADMINISTRATORS.readUIntBE(2, 6);
  const parts = [0, 1].map((i) => ADMINISTRATORS.readUInt32LE(8 + 4 * i));
  expect([revision, count, authority, parts]).toEqual([1, 2, 5, [32, 544]]);
});
