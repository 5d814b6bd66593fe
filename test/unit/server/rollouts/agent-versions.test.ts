import { beforeEach, describe, expect, test } from '@jest/globals';
import { AgentVersions } from '../../../../src/server/rollouts/agent-versions.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleRollout } from '../../../support/sample-rollout.ts';
import { NOON, agentRecord, openTestStore } from '../../../support/server-records.ts';

describe('The versions that agents are to run', () => {
  const onEnd = useCleanup();
  const AGENTS = ['in-group', 'pinned', 'told', 'elsewhere'];
  let store: ServerStore;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    await store.groups.add({ name: 'any' });
    await store.groups.setVersion('default', '2.0.0');
    for (const agentID of AGENTS) await store.agents.add(agentRecord({ agentID }));
    await store.agents.change('pinned', { pinnedVersion: '1.0.0' });
    await store.agents.change('elsewhere', { group: 'any' });
    const rollout = sampleRollout({ version: '2.1.0' });
    await store.rollouts.add(rollout, new Map([['told', 0]]));
    await store.rollouts.offer(rollout.rolloutID, ['told'], NOON);
  });

  test('are alike for one and for all at once', async () => {
    const versions = new AgentVersions(store);
    const agents = await store.agents.list();
    const versionOf = await versions.ofAll();
    const one = await Promise.all(agents.map(async (agent) => [agent.agentID, await versions.of(agent)]));
    const all = agents.map((agent) => [agent.agentID, versionOf(agent)]);
    expect(Object.fromEntries(one)).toEqual({ 'in-group': '2.0.0', pinned: '1.0.0', told: '2.1.0' });
    expect(all).toEqual(one);
  });
});
