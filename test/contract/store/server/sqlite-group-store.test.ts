import { describe, expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, agentRecord, openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();

describe('The groups of agents', () => {
  test('are listed by name, with the default group among them from the start', async () => {
    const { groups } = openTestStore(onEnd);
    await groups.add({ name: 'web', agentVersion: '1.2.3' });
    await groups.add({ name: 'canary' });
    expect(await groups.list()).toEqual([
      { name: 'canary' },
      { name: 'default' },
      { name: 'web', agentVersion: '1.2.3' },
    ]);
    expect([await groups.get('canary'), await groups.get('none')]).toEqual([{ name: 'canary' }, undefined]);
  });

  test('have names of their own', async () => {
    const { groups } = openTestStore(onEnd);
    await expect(groups.add({ name: 'default' })).rejects.toMatchObject({ code: 'GROUP_EXISTS' });
  });

  test('run a version until any will do again', async () => {
    const { groups } = openTestStore(onEnd);
    await groups.setVersion('default', '1.2.3');
    expect(await groups.get('default')).toEqual({ name: 'default', agentVersion: '1.2.3' });
    await groups.setVersion('default', null);
    expect(await groups.get('default')).toEqual({ name: 'default' });
    await expect(groups.setVersion('none', null)).rejects.toMatchObject({ code: 'GROUP_NOT_FOUND' });
  });

  test('count their agents without those that were revoked', async () => {
    const { agents, groups } = openTestStore(onEnd);
    for (const agentID of ['a', 'b', 'c', 'gone']) await agents.add(agentRecord({ agentID }));
    await groups.add({ name: 'web' });
    await agents.change('a', { group: 'web' });
    await agents.revoke('gone', NOON);
    expect(await groups.countAgents()).toEqual(
      new Map([
        ['default', 2],
        ['web', 1],
      ]),
    );
  });

  test('can be removed when nothing is in them', async () => {
    const { groups } = openTestStore(onEnd);
    await groups.add({ name: 'web' });
    await groups.remove('web');
    expect(await groups.get('web')).toBeUndefined();
    await expect(groups.remove('web')).rejects.toMatchObject({ code: 'GROUP_NOT_FOUND' });
  });

  test('stay while an agent is in them; one that was revoked does not count', async () => {
    const { agents, groups } = openTestStore(onEnd);
    await groups.add({ name: 'web' });
    await agents.add(agentRecord());
    await agents.change('agent-1', { group: 'web' });
    await expect(groups.remove('web')).rejects.toMatchObject({
      code: 'SERVER_REFUSED',
      message: 'Group "web" has 1 agents and 0 assignments; move them away first',
    });
    await agents.revoke('agent-1', NOON);
    await groups.remove('web');
    expect(await agents.get('agent-1')).toMatchObject({ group: 'default' });
  });

  test('never lose the default group', async () => {
    const { groups } = openTestStore(onEnd);
    await expect(groups.remove('default')).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
  });
});
