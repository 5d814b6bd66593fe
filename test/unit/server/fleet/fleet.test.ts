import { beforeEach, describe, expect, test } from '@jest/globals';
import { Fleet } from '../../../../src/server/fleet/fleet.ts';
import { AgentVersions } from '../../../../src/server/rollouts/agent-versions.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, agentRecord, jobRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('Fleet', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let fleet: Fleet;
  let expelled: string[];

  beforeEach(async () => {
    store = openTestStore(onEnd);
    expelled = [];
    const { agents, certificates, desiredStates, jobs, units } = store;
    fleet = new Fleet({
      agents,
      certificates,
      versions: new AgentVersions(store),
      jobs,
      units,
      desiredStates,
      live: {
        isConnected: (agentID) => agentID === 'agent-1',
        expel: async (agentID) => {
          expelled.push(`${agentID} revoked: ${(await agents.get(agentID))?.revokedAt !== undefined}`);
        },
      },
      clock: new SettableClock(NOON),
    });
    await agents.add(agentRecord());
    await agents.add(agentRecord({ agentID: 'agent-2', hostname: 'web-2' }));
  });

  test('shows who is connected and what is waiting for whom', async () => {
    await store.jobs.add(jobRecord());
    await store.jobs.add(jobRecord({ jobID: 'job-2' }));
    expect(await fleet.list()).toMatchObject([
      { agentID: 'agent-1', connected: true, pendingJobs: 2 },
      { agentID: 'agent-2', connected: false, pendingJobs: 0 },
    ]);
    expect(await fleet.get('agent-1')).toMatchObject({ agentID: 'agent-1', connected: true, pendingJobs: 2 });
    expect(await fleet.get('agent-3')).toBeUndefined();
  });

  test.each([
    [{ status: 'connected' }, ['agent-1']],
    [{ status: 'away' }, ['agent-2']],
    [{ status: 'revoked' }, ['agent-3']],
    [{ name: 'web', status: 'away' }, ['agent-2']],
    [{ outdated: true }, ['agent-2']],
    [{ outdated: false }, ['agent-1', 'agent-3']],
  ] as const)('lists by %j %j', async (query, agentIDs) => {
    await store.agents.add(agentRecord({ agentID: 'agent-3', revokedAt: NOON }));
    await store.groups.setVersion('default', '2.0.0');
    await store.agents.seen('agent-1', { version: '2.0.0', protocol: 2, at: NOON });
    expect((await fleet.list(query)).map(({ agentID }) => agentID)).toEqual(agentIDs);
  });

  test('shows what each agent should run: its pin, else what its group runs', async () => {
    await store.groups.setVersion('default', '2.0.0');
    await store.agents.change('agent-2', { pinnedVersion: '1.0.0' });
    expect(await fleet.list()).toMatchObject([{ agentVersion: '2.0.0' }, { agentVersion: '1.0.0' }]);
    expect(await fleet.get('agent-1')).toMatchObject({ agentVersion: '2.0.0' });
  });

  test('tells how an agent’s last change of version ended', async () => {
    const { assignment } = jobRecord();
    const origin = { updateTo: '1.1.0', updateFrom: '1.0.0' };
    await store.jobs.add(jobRecord({ assignment: { ...assignment, origin } }));
    await store.jobs.finish('job-1', { outcome: 'failed', reason: 'It crashed', reported: {} }, NOON);
    expect(await fleet.get('agent-1')).toMatchObject({
      lastUpdate: {
        jobID: 'job-1',
        version: '1.1.0',
        outcome: 'failed',
        reason: 'It crashed',
        finishedAt: '2026-11-23T12:00:00.000Z',
      },
    });
    expect(await fleet.get('agent-2')).not.toHaveProperty('lastUpdate');
  });

  test('revokes an agent and its certificates before it is shown out', async () => {
    const certificate = {
      serial: '0a',
      kind: 'agent',
      subject: 'agent-1',
      issuedAt: 0,
      expiresAt: 1,
    } as const;
    await store.certificates.add({ ...certificate, expiresAt: NOON + 1000 });
    await fleet.revoke('agent-1');
    expect(expelled).toEqual(['agent-1 revoked: true']);
    expect(await store.certificates.get('0a')).toMatchObject({ revokedAt: NOON });
    expect(await fleet.get('agent-1')).toMatchObject({ revokedAt: '2026-11-23T12:00:00.000Z' });
  });

  test('cannot revoke an agent that it does not know', async () => {
    await expect(fleet.revoke('agent-3')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(expelled).toEqual([]);
  });
});
