import { expect, test } from '@jest/globals';
import { versionFor } from '../../../../src/server/rollouts/version-for.ts';

const group = { agentVersion: '2.0.0' };

test.each([
  ['its pin, whatever others say', { pinnedVersion: '1.0.0' }, { group, offered: '3.0.0' }, '1.0.0'],
  ['what a rollout has told it', {}, { group, offered: '3.0.0' }, '3.0.0'],
  ["its group's otherwise", {}, { group, offered: undefined }, '2.0.0'],
  ['any where nobody says one', {}, { group: {}, offered: undefined }, undefined],
  ['any in a group that is gone', {}, { group: undefined, offered: undefined }, undefined],
])('an agent should run %s', (_what, agent, facts, version) => {
  expect(versionFor(agent, facts)).toBe(version);
});
