import { expect, test } from '@jest/globals';
import { versionFor } from '../../../../src/server/fleet/version-for.ts';

test.each([
  ['its pin, whatever the group runs', { pinnedVersion: '1.0.0' }, { agentVersion: '2.0.0' }, '1.0.0'],
  ["its group's without a pin", {}, { agentVersion: '2.0.0' }, '2.0.0'],
  ['any where neither says one', {}, {}, undefined],
  ['any in a group that is gone', {}, undefined, undefined],
])('an agent should run %s', (_what, agent, group, version) => {
  expect(versionFor(agent, group)).toBe(version);
});
