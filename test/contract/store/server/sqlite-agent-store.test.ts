import { expect, test } from '@jest/globals';
import type { AgentStore } from '../../../../src/store/server/agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, agentRecord, openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();
const FULL = agentRecord({
  agentID: 'full',
  enrolledAt: NOON + 1,
  certificateExpiresAt: NOON + 90,
  revokedAt: NOON + 2,
  arch: 'x64',
  version: '1.2.3',
  protocol: 2,
  lastSeenAt: NOON + 3,
});

function open(): AgentStore {
  return openTestStore(onEnd).agents;
}

test('agents are found, and listed in the order of enrolment, with the fields they have', async () => {
  const agents = open();
  await agents.add(FULL);
  await agents.add(agentRecord());
  expect([await agents.get('full'), await agents.get('none'), await agents.list()]).toEqual([
    FULL,
    undefined,
    [agentRecord(), FULL],
  ]);
});

test.each([
  [{ name: 'WEB-' }, ['web-1', 'web-2']],
  [{ name: 'id-2' }, ['web-2']],
  [{ name: 'b-1' }, []],
  [{ name: '%' }, []],
  [{ group: 'default' }, ['web-2']],
  [{ name: 'web', group: 'other' }, ['web-1']],
  [{}, ['web-1', 'web-2']],
])('listed by %j are %j', async (filter, hostnames) => {
  const { agents, groups } = openTestStore(onEnd);
  await groups.add({ name: 'other' });
  await agents.add(agentRecord({ agentID: 'ID-1', hostname: 'web-1' }));
  await agents.add(agentRecord({ agentID: 'ID-2', hostname: 'Web-2' }));
  await agents.change('ID-1', { group: 'other' });
  expect((await agents.list(filter)).map(({ hostname }) => hostname.toLowerCase())).toEqual(hostnames);
});

test('a check-in changes what it says and keeps the rest', async () => {
  const agents = open();
  await agents.add(FULL);
  await agents.add(agentRecord());
  await agents.seen('full', { protocol: 1, at: NOON + 9 });
  await agents.seen('agent-1', {
    version: '2.0.0',
    arch: 'arm64',
    hostname: 'new',
    protocol: 2,
    at: NOON + 8,
  });
  expect(await agents.list()).toEqual([
    agentRecord({ version: '2.0.0', arch: 'arm64', hostname: 'new', protocol: 2, lastSeenAt: NOON + 8 }),
    { ...FULL, protocol: 1, lastSeenAt: NOON + 9 },
  ]);
});

test('after a renewal the new key speaks for the agent', async () => {
  const agents = open();
  await agents.add(agentRecord());
  await agents.rebind('agent-1', 'key-2', NOON + 5);
  expect(await agents.get('agent-1')).toEqual(
    agentRecord({ publicKeyHash: 'key-2', certificateExpiresAt: NOON + 5 }),
  );
});

test('an agent is revoked once: the first time stays', async () => {
  const agents = open();
  await agents.add(agentRecord());
  await agents.revoke('agent-1', NOON + 1);
  await agents.revoke('agent-1', NOON + 2);
  expect(await agents.get('agent-1')).toEqual(agentRecord({ revokedAt: NOON + 1 }));
});

test('an unknown agent cannot be revoked', async () => {
  await expect(open().revoke('none', NOON)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
});

test('agents are counted without those that were revoked', async () => {
  const agents = open();
  await agents.add(FULL);
  expect(await agents.count()).toBe(0);
  await agents.add(agentRecord());
  expect(await agents.count()).toBe(1);
});

test('an agent moves between groups, and is pinned and unpinned, each without the other', async () => {
  const { agents, groups } = openTestStore(onEnd);
  await agents.add(agentRecord());
  await groups.add({ name: 'web' });
  await agents.change('agent-1', { pinnedVersion: '1.2.3' });
  await agents.change('agent-1', { group: 'web' });
  expect(await agents.get('agent-1')).toEqual(agentRecord({ group: 'web', pinnedVersion: '1.2.3' }));
  expect([await agents.idsOfGroup('web'), await agents.idsOfGroup('default')]).toEqual([['agent-1'], []]);
  await agents.change('agent-1', { pinnedVersion: null });
  expect(await agents.get('agent-1')).toEqual(agentRecord({ group: 'web' }));
});

test.each([
  ['agent-1', { group: 'none', pinnedVersion: '1.0.0' }, 'GROUP_NOT_FOUND'],
  ['none', { group: 'default' }, 'AGENT_NOT_FOUND'],
])('%s cannot be changed by %j', async (agentID, change, code) => {
  const agents = open();
  await agents.add(agentRecord());
  await expect(agents.change(agentID, change)).rejects.toMatchObject({ code });
  expect(await agents.list()).toEqual([agentRecord()]);
});
