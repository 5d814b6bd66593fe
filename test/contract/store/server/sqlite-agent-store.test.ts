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
