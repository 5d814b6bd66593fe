import { beforeEach, describe, expect, test } from '@jest/globals';
import { Rollouts } from '../../../../src/server/rollouts/rollouts.ts';
import type { AssignmentTarget } from '../../../../src/store/server/assignment-store.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import type { RolloutPlan } from '../../../../src/store/server/rollout-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { samplePlan } from '../../../support/sample-rollout.ts';
import { NOON, agentRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('Rollouts', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let rollouts: Rollouts;
  let changed: AssignmentTarget[];
  let wakes: number;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    changed = [];
    wakes = 0;
    for (const agentID of ['agent-1', 'agent-2']) await store.agents.add(agentRecord({ agentID }));
    rollouts = new Rollouts({
      ...{ store: store.rollouts, agents: store.agents, groups: store.groups },
      releases: { has: (version) => version === '1.1.0' },
      changedFor: (target) => Promise.resolve(void changed.push(target)),
      conductor: { wake: () => (wakes += 1), waitsFor: () => 'agents' },
      clock: new SettableClock(NOON),
    });
  });

  async function begin(plan: Partial<RolloutPlan> = {}, group = 'default'): Promise<string> {
    const order = { group, version: '1.1.0', plan: samplePlan(plan), createdBy: 'ada' };
    return (await rollouts.start(order)).rolloutID;
  }

  test('begin with all agents of their group, and wake the conductor', async () => {
    await begin({ canaries: ['agent-2'] });
    expect(await rollouts.list({})).toMatchObject([
      {
        rollout: { group: 'default', version: '1.1.0', state: 'running', stage: 0, createdAt: NOON },
        stages: 3,
        stage: { agents: 1, offered: 0 },
        whole: { agents: 2, offered: 0 },
        waitsFor: 'agents',
      },
    ]);
    expect(wakes).toBe(1);
  });

  test('refuse a version that is not published, and a plan that cannot work', async () => {
    await store.agents.seen('agent-1', { version: '1.0.0', arch: 'x64', protocol: 2, at: NOON });
    const order = { group: 'default', version: '1.2.0', plan: samplePlan(), createdBy: 'ada' };
    await expect(rollouts.start(order)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(begin({ stages: [{ percent: 50, restSeconds: 0 }] })).rejects.toMatchObject({
      code: 'ROLLOUT_INVALID',
    });
    expect(await rollouts.list({})).toEqual([]);
  });

  test.each([
    ['a group that is not there', {}, 'none', 'GROUP_NOT_FOUND'],
    ['a canary that is not in the group', { canaries: ['agent-9'] }, 'default', 'AGENT_NOT_FOUND'],
  ])('refuse %s', async (_, plan, group, code) => {
    await expect(begin(plan, group)).rejects.toMatchObject({ code });
    expect(await rollouts.list({})).toEqual([]);
  });

  test('refuse a canary that is pinned, which would never be told', async () => {
    await store.agents.change('agent-2', { pinnedVersion: '1.0.0' });
    await expect(begin({ canaries: ['agent-2'] })).rejects.toMatchObject({
      message: expect.stringContaining('neither pinned nor revoked') as unknown,
    });
  });

  test('refuse the version that their group has already, and say how else it is tried again', async () => {
    await store.groups.setVersion('default', '1.1.0');
    await expect(begin()).rejects.toMatchObject({
      code: 'ROLLOUT_INVALID',
      message: expect.stringContaining('update check --retry') as unknown,
    });
  });

  test('name agents that are late', async () => {
    const rolloutID = await begin();
    await store.rollouts.offer(rolloutID, ['agent-1'], NOON - 31 * 60_000);
    await store.rollouts.offer(rolloutID, ['agent-2'], NOON - 29 * 60_000);
    expect(await rollouts.list({})).toMatchObject([{ lost: [{ agentID: 'agent-1' }], whole: { late: 1 } }]);
  });

  test('are listed with how far they had come when they ended: the last ten', async () => {
    for (let ended = 0; ended < 12; ended++) {
      const rolloutID = await begin();
      await store.rollouts.offer(rolloutID, ['agent-1'], NOON);
      await store.rollouts.settle(rolloutID, new Map([['agent-1', 'updated']]));
      await rollouts.abort('default');
    }
    await begin();
    const [first, second, ...others] = await rollouts.list({});
    expect(first).toMatchObject({ rollout: { state: 'running' }, whole: { updated: 0 } });
    expect(second).toMatchObject({ rollout: { state: 'aborted' }, whole: { agents: 2, updated: 1 } });
    expect(others).toHaveLength(9);
  });

  test('stand still while they are paused, and go on with what has failed accepted', async () => {
    const rolloutID = await begin({ canaries: ['agent-1'] });
    await store.rollouts.offer(rolloutID, ['agent-1'], NOON);
    await store.rollouts.settle(rolloutID, new Map([['agent-1', 'failed']]));
    await rollouts.pause('default');
    expect(await store.rollouts.get(rolloutID)).toMatchObject({ state: 'paused' });
    await rollouts.resume('default');
    expect(await store.rollouts.get(rolloutID)).toMatchObject({
      ...{ state: 'running', tolerated: 1 },
      acceptedStage: 0,
    });
    expect(wakes).toBe(2);
  });

  test('that were paused before anybody was told still need a proof of their first stage', async () => {
    const rolloutID = await begin({ canaries: ['agent-1'] });
    await rollouts.pause('default');
    await rollouts.resume('default');
    expect((await store.rollouts.get(rolloutID))?.acceptedStage).toBeUndefined();
  });

  test('that are aborted take the version away from whom they gave it', async () => {
    const rolloutID = await begin();
    await store.rollouts.offer(rolloutID, ['agent-1'], NOON);
    await rollouts.abort('default');
    expect(await store.rollouts.get(rolloutID)).toMatchObject({ state: 'aborted', endedAt: NOON });
    expect((await store.rollouts.offers({})).size).toBe(0);
    expect(changed).toEqual([{ group: 'default' }]);
  });

  test.each(['pause', 'resume', 'abort'] as const)('cannot %s where none is under way', async (verb) => {
    await expect(rollouts[verb]('default')).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
  });
});
