import { beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '../../../../src/lib/errors.ts';
import { Groups } from '../../../../src/server/groups/groups.ts';
import type { AssignmentTarget } from '../../../../src/store/server/assignment-store.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleRollout } from '../../../support/sample-rollout.ts';
import { agentRecord, openTestStore } from '../../../support/server-records.ts';

describe('Groups', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let changed: AssignmentTarget[];
  let groups: Groups;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    changed = [];
    groups = new Groups({
      store: store.groups,
      agents: store.agents,
      rollouts: store.rollouts,
      requirePublished: (version) => {
        if (version === '9.9.9') throw new AppError('RELEASE_NOT_FOUND', 'Not published');
      },
      changedFor: (target) => Promise.resolve(void changed.push(target)),
    });
    await store.agents.add(agentRecord());
  });

  test('are listed with how many agents are in them', async () => {
    await groups.add('web');
    expect(await groups.list()).toEqual([
      { name: 'default', agents: 1 },
      { name: 'web', agents: 0 },
    ]);
    await groups.remove('web');
    expect(await groups.list()).toHaveLength(1);
  });

  test('take no other version while a rollout is under way', async () => {
    await store.rollouts.add(sampleRollout({ version: '1.1.0' }), new Map());
    await expect(groups.setVersion('default', '1.2.3')).rejects.toMatchObject({
      code: 'ROLLOUT_UNDER_WAY',
      message: expect.stringContaining('1.1.0') as unknown,
    });
    expect(changed).toEqual([]);
  });

  test('take no version that their agents could not get, and agents no such pin', async () => {
    const refusal = { code: 'RELEASE_NOT_FOUND' };
    await expect(groups.setVersion('default', '9.9.9')).rejects.toMatchObject(refusal);
    const pin = groups.changeAgent('agent-1', { pinnedVersion: '9.9.9' });
    await expect(pin).rejects.toMatchObject(refusal);
    expect(changed).toEqual([]);
    expect((await store.agents.get('agent-1'))?.pinnedVersion).toBeUndefined();
  });

  test('take in no agent that could not get their version, nor one whose pin is taken away', async () => {
    await store.groups.add({ name: 'web' });
    await store.groups.setVersion('web', '9.9.9');
    const refusal = { code: 'RELEASE_NOT_FOUND' };
    await expect(groups.changeAgent('agent-1', { group: 'web' })).rejects.toMatchObject(refusal);
    await groups.changeAgent('agent-1', { group: 'web', pinnedVersion: '1.0.0' });
    const unpin = groups.changeAgent('agent-1', { pinnedVersion: null });
    await expect(unpin).rejects.toMatchObject(refusal);
    expect(await store.agents.get('agent-1')).toMatchObject({ group: 'web', pinnedVersion: '1.0.0' });
  });

  test('tell their agents of another version', async () => {
    await groups.setVersion('default', '1.2.3');
    expect(await groups.list()).toEqual([{ name: 'default', agents: 1, agentVersion: '1.2.3' }]);
    expect(changed).toEqual([{ group: 'default' }]);
  });

  test('take in an agent, which is told what it is to keep there', async () => {
    await groups.add('web');
    await groups.changeAgent('agent-1', { group: 'web', pinnedVersion: '1.0.0' });
    expect(await store.agents.get('agent-1')).toMatchObject({ group: 'web', pinnedVersion: '1.0.0' });
    expect(changed).toEqual([{ agentID: 'agent-1' }]);
  });

  test('tell nobody of what was refused', async () => {
    await expect(groups.changeAgent('agent-1', { group: 'none' })).rejects.toMatchObject({
      code: 'GROUP_NOT_FOUND',
    });
    await expect(groups.setVersion('none', null)).rejects.toMatchObject({ code: 'GROUP_NOT_FOUND' });
    expect(changed).toEqual([]);
  });
});
