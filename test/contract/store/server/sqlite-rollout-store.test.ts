import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import type { RolloutCounts } from '../../../../src/store/server/rollout-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleRollout } from '../../../support/sample-rollout.ts';
import { NOON, SHA256, agentRecord, jobRecord, openTestStore } from '../../../support/server-records.ts';

const NONE = { agents: 0, offered: 0, updated: 0, failed: 0, silent: 0, gone: 0, late: 0 };

describe('Rollouts', () => {
  const onEnd = useCleanup();
  const TURNS = new Map([
    ['agent-1', 0],
    ['agent-2', 1],
  ]);
  let store: ServerStore;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    await store.groups.add({ name: 'web' });
    for (const agentID of TURNS.keys()) await store.agents.add(agentRecord({ agentID }));
    for (const agentID of TURNS.keys()) await seen(agentID);
  });

  async function begin(rolloutID = 'rollout-1'): Promise<void> {
    await store.rollouts.add(sampleRollout({ rolloutID }), TURNS);
  }

  async function seen(agentID: string, at = NOON): Promise<void> {
    await store.agents.seen(agentID, { version: '1.0.0', protocol: 2, at });
  }

  async function count(stage: number, lateBefore = NOON): Promise<RolloutCounts> {
    return await store.rollouts.count('rollout-1', { stage, lateBefore });
  }

  async function candidates(stage: number): Promise<string[]> {
    return (await store.rollouts.candidates('rollout-1', stage)).map(({ agentID }) => agentID);
  }

  async function offered(agentID: string): Promise<string | undefined> {
    return (await store.rollouts.offers({ agentID })).get(agentID);
  }

  test('come back as they were added, newest first', async () => {
    await begin('first');
    await store.rollouts.end('first', { state: 'aborted', at: NOON });
    await begin('second');
    expect(await store.rollouts.list({})).toEqual([
      sampleRollout({ rolloutID: 'second' }),
      sampleRollout({ rolloutID: 'first', state: 'aborted', endedAt: NOON, final: { ...NONE, agents: 2 } }),
    ]);
    expect((await store.rollouts.list({ underWay: true })).map(({ rolloutID }) => rolloutID)).toEqual([
      'second',
    ]);
    expect(await store.rollouts.list({ group: 'web' })).toEqual([]);
    expect(await store.rollouts.get('none')).toBeUndefined();
  });

  test('are one at a time in a group', async () => {
    await begin('first');
    await expect(begin('second')).rejects.toMatchObject({ code: 'ROLLOUT_UNDER_WAY' });
  });

  test('change while they are under way, and no more after their end', async () => {
    await begin();
    const { rollouts } = store;
    await rollouts.change('rollout-1', {
      state: 'paused',
      stage: 1,
      restsUntil: NOON,
      reason: 'why',
      tolerated: 2,
    });
    expect(await rollouts.get('rollout-1')).toEqual(
      sampleRollout({ state: 'paused', stage: 1, restsUntil: NOON, reason: 'why', tolerated: 2 }),
    );
    await rollouts.change('rollout-1', { state: 'running', restsUntil: null, reason: null });
    await rollouts.end('rollout-1', { state: 'aborted', at: NOON });
    await rollouts.change('rollout-1', { state: 'running' });
    expect(await rollouts.get('rollout-1')).toEqual(
      sampleRollout({
        ...{ state: 'aborted', stage: 1, tolerated: 2, endedAt: NOON },
        final: { ...NONE, agents: 2 },
      }),
    );
  });

  test('set the version of their group when they are complete, and not when they are aborted', async () => {
    await begin('first');
    await store.rollouts.end('first', { state: 'aborted', at: NOON });
    expect(await store.groups.get('default')).toEqual({ name: 'default' });
    await begin('second');
    await store.rollouts.end('second', { state: 'completed', at: NOON });
    expect(await store.groups.get('default')).toEqual({ name: 'default', agentVersion: '1.1.0' });
    expect(await store.groups.get('web')).toEqual({ name: 'web' });
  });

  test('tell agents when their turn has come, with what they run', async () => {
    await begin();
    expect(await store.rollouts.candidates('rollout-1', 0)).toEqual([
      { agentID: 'agent-1', version: '1.0.0' },
    ]);
    expect(await candidates(1)).toEqual(['agent-1', 'agent-2']);
  });

  test('tell nothing to agents that know no versions', async () => {
    await store.agents.add(agentRecord({ agentID: 'original' }));
    await store.rollouts.add(sampleRollout(), new Map([...TURNS, ['original', 0]]));
    expect(await candidates(1)).toEqual(['agent-1', 'agent-2']);
  });

  test.each([
    ['is pinned', async () => await store.agents.change('agent-1', { pinnedVersion: '1.0.0' })],
    ['was moved away', async () => await store.agents.change('agent-1', { group: 'web' })],
    ['was revoked', async () => await store.agents.revoke('agent-1', NOON)],
  ])('are no more concerned with an agent that %s, unless it was told', async (_, leave) => {
    await begin();
    await leave();
    expect(await candidates(1)).toEqual(['agent-2']);
    expect(await count(1)).toMatchObject({ agents: 1, offered: 0 });
    await store.rollouts.offer('rollout-1', ['agent-1'], NOON);
    expect(await store.rollouts.waiting('rollout-1')).toMatchObject([
      { agentID: 'agent-1', takesPart: false },
    ]);
    expect(await count(1)).toMatchObject({ agents: 2, offered: 1 });
  });

  test('give the version to those that were told, as long as they are under way', async () => {
    await begin();
    const { rollouts } = store;
    await rollouts.offer('rollout-1', ['agent-1'], NOON);
    expect([await offered('agent-1'), await offered('agent-2')]).toEqual(['1.1.0', undefined]);
    expect(await rollouts.offers({})).toEqual(new Map([['agent-1', '1.1.0']]));
    expect(await candidates(1)).toEqual(['agent-2']);
    await rollouts.end('rollout-1', { state: 'aborted', at: NOON });
    expect(await offered('agent-1')).toBeUndefined();
  });

  test('an agent that was moved to another group is told nothing by this one', async () => {
    await begin();
    await store.rollouts.offer('rollout-1', ['agent-1'], NOON);
    await store.agents.change('agent-1', { group: 'web' });
    expect(await offered('agent-1')).toBeUndefined();
  });

  test('wait for those that were told, with what is known of them', async () => {
    await begin();
    const { rollouts } = store;
    await rollouts.offer('rollout-1', ['agent-1', 'agent-2'], NOON);
    await seen('agent-1', NOON + 5);
    const told = { hostname: 'web-1', offeredAt: NOON, version: '1.0.0', takesPart: true };
    expect(await rollouts.waiting('rollout-1')).toEqual([
      { agentID: 'agent-1', ...told, lastSeenAt: NOON + 5 },
      { agentID: 'agent-2', ...told, lastSeenAt: NOON },
    ]);
    await rollouts.settle(
      'rollout-1',
      new Map([
        ['agent-1', 'updated'],
        ['agent-2', 'silent'],
      ]),
    );
    expect(await rollouts.waiting('rollout-1')).toEqual([
      { agentID: 'agent-2', ...told, lastSeenAt: NOON, outcome: 'silent' },
    ]);
  });

  test('know those that failed, fell silent or are late, some of them if asked for', async () => {
    await begin();
    const { rollouts } = store;
    const lost = async (filter: { lateBefore?: number; limit?: number }) =>
      await rollouts.lost('rollout-1', { lateBefore: NOON, limit: 10, ...filter });
    await rollouts.offer('rollout-1', ['agent-1'], NOON);
    await rollouts.offer('rollout-1', ['agent-2'], NOON + 1);
    expect(await lost({})).toEqual([]);
    expect(await lost({ lateBefore: NOON + 1 })).toMatchObject([{ agentID: 'agent-1' }]);
    await rollouts.settle(
      'rollout-1',
      new Map([
        ['agent-1', 'failed'],
        ['agent-2', 'silent'],
      ]),
    );
    expect(await lost({})).toMatchObject([
      { agentID: 'agent-2', outcome: 'silent' },
      { agentID: 'agent-1', outcome: 'failed' },
    ]);
    expect(await lost({ limit: 1 })).toMatchObject([{ agentID: 'agent-2' }]);
  });

  const FAILED = { outcome: 'failed', reason: 'It crashed' } as const;
  const SUCCEEDED = { outcome: 'succeeded' } as const;
  test.each([
    ['failed since it was told', '1.1.0', NOON + 1, FAILED, FAILED],
    ['succeeded since it was told', '1.1.0', NOON + 1, SUCCEEDED, SUCCEEDED],
    ['failed before it was told', '1.1.0', NOON - 1, FAILED, undefined],
    ['failed to go elsewhere', '1.2.0', NOON + 1, FAILED, undefined],
  ])('know how the update of an agent ended that %s', async (_, updateTo, finishedAt, result, ending) => {
    await begin();
    await store.rollouts.offer('rollout-1', ['agent-1'], NOON);
    const { assignment } = jobRecord();
    await store.jobs.addFinished({
      ...jobRecord({ assignment: { ...assignment, origin: { updateTo, updateFrom: '1.0.0' } } }),
      ...{ state: 'finished', finishedAt },
      result: { ...result, reported: { sha256: SHA256 } },
    });
    expect((await store.rollouts.waiting('rollout-1'))[0]?.ending).toEqual(ending);
  });

  test('count the agents of the stages that have begun', async () => {
    await begin();
    const { rollouts } = store;
    await rollouts.offer('rollout-1', ['agent-1', 'agent-2'], NOON);
    await rollouts.settle('rollout-1', new Map([['agent-1', 'updated']]));
    expect(await count(0)).toEqual({ ...NONE, agents: 1, offered: 1, updated: 1 });
    expect(await count(1)).toEqual({ ...NONE, agents: 2, offered: 2, updated: 1 });
    expect(await count(1, NOON + 1)).toMatchObject({ late: 1 });
    for (const outcome of ['failed', 'silent', 'gone'] as const) {
      await rollouts.settle('rollout-1', new Map([['agent-2', outcome]]));
      expect(await count(1, NOON + 1)).toEqual({ ...NONE, agents: 2, offered: 2, updated: 1, [outcome]: 1 });
    }
  });

  test('keep their counts when they end, whatever becomes of their agents', async () => {
    await begin();
    const { rollouts } = store;
    await rollouts.offer('rollout-1', ['agent-1', 'agent-2'], NOON);
    await rollouts.settle('rollout-1', new Map([['agent-1', 'updated']]));
    await rollouts.end('rollout-1', { state: 'completed', at: NOON });
    await store.agents.revoke('agent-1', NOON);
    expect((await rollouts.get('rollout-1'))?.final).toEqual({ ...NONE, agents: 2, offered: 2, updated: 1 });
    expect(await rollouts.waiting('rollout-1')).toEqual([]);
  });
});
