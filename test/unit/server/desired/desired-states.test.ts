import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DesiredFrame } from '../../../../src/protocol/schemas/frames.ts';
import { DesiredContents } from '../../../../src/server/desired/desired-contents.ts';
import { DesiredStates } from '../../../../src/server/desired/desired-states.ts';
import { AgentVersions } from '../../../../src/server/rollouts/agent-versions.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, SHA256, agentRecord, libraryRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

const NOON_SECONDS = NOON / 1000;

describe('DesiredStates', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let clock: SettableClock;
  let states: DesiredStates;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    clock = new SettableClock(NOON);
    const { agents, units, desiredStates } = store;
    const contents = new DesiredContents(store);
    states = new DesiredStates({
      ...{ agents, contents, units, clock },
      versions: new AgentVersions(store),
      states: desiredStates,
    });
    await agents.add(agentRecord());
    const schedule = { everySeconds: 60 };
    await store.library.add(libraryRecord({ unit: { kind: 'task', name: 'backup', schedule } }));
  });

  async function assign(): Promise<void> {
    await store.assignments.add({
      ...{ filename: 'run.sh', group: 'default' },
      ...{ assignedAt: NOON, assignedBy: 'ada' },
    });
  }

  async function unassign(): Promise<void> {
    await store.assignments.remove({ filename: 'run.sh', group: 'default' });
  }

  test('have no news for an agent that is to keep nothing and keeps nothing', async () => {
    expect(await states.newsFor('agent-1', 0)).toBeUndefined();
    expect(await store.desiredStates.get('agent-1')).toBeUndefined();
  });

  test('have no news for an agent that nobody knows', async () => {
    expect(await states.newsFor('none', 7)).toBeUndefined();
    expect(await states.isArchiveFor('none', SHA256)).toBe(false);
  });

  test('are news until the agent has them', async () => {
    await assign();
    const news = await states.newsFor('agent-1', 0);
    const { desired } = JSON.parse(news?.frame ?? '') as DesiredFrame;
    expect([news?.revision, desired]).toMatchObject([
      NOON_SECONDS,
      { revision: NOON_SECONDS, tasks: [{ name: 'backup' }], services: [] },
    ]);
    expect(await states.newsFor('agent-1', 0)).toEqual(news);
    expect(await states.newsFor('agent-1', NOON_SECONDS)).toBeUndefined();
  });

  test('tell an agent to keep nothing any more', async () => {
    await assign();
    await states.newsFor('agent-1', 0);
    await unassign();
    const news = await states.newsFor('agent-1', NOON_SECONDS);
    expect(JSON.parse(news?.frame ?? '')).toMatchObject({ desired: { tasks: [], services: [] } });
  });

  test('have growing revisions, within a second and when the clock goes back', async () => {
    await assign();
    expect((await states.newsFor('agent-1', 0))?.revision).toBe(NOON_SECONDS);
    await unassign();
    expect((await states.newsFor('agent-1', NOON_SECONDS))?.revision).toBe(NOON_SECONDS + 1);
    clock.advance(-60_000);
    await assign();
    expect((await states.newsFor('agent-1', NOON_SECONDS + 1))?.revision).toBe(NOON_SECONDS + 2);
  });

  test.each([
    ['none', undefined],
    ['an older one', { revision: 5, digest: 'x' }],
  ])('overrule an agent that knows a later revision when our last is %s', async (_what, told) => {
    if (told !== undefined) await store.desiredStates.told('agent-1', told);
    const later = NOON_SECONDS + 1000;
    expect((await states.newsFor('agent-1', later))?.revision).toBe(later + 1);
  });

  test('hold the version that the agent should run', async () => {
    await store.groups.setVersion('default', '2.0.0');
    const ofGroup = await states.newsFor('agent-1', 0);
    await store.agents.change('agent-1', { pinnedVersion: '1.0.0' });
    const pinned = await states.newsFor('agent-1', 0);
    expect([ofGroup, pinned].map((news) => JSON.parse(news?.frame ?? '') as unknown)).toMatchObject([
      { desired: { agentVersion: '2.0.0' } },
      { desired: { agentVersion: '1.0.0' } },
    ]);
  });

  test('allow the archives that they name', async () => {
    expect(await states.isArchiveFor('agent-1', SHA256)).toBe(false);
    await assign();
    expect(await states.isArchiveFor('agent-1', SHA256)).toBe(true);
    expect(await states.isArchiveFor('agent-1', 'f'.repeat(64))).toBe(false);
  });

  test('are kept with what the agent says to them', async () => {
    await assign();
    await states.newsFor('agent-1', 0);
    const problems = [{ name: 'backup', message: 'There is no such zone' }];
    await states.applied('agent-1', { kind: 'applied', revision: NOON_SECONDS, problems });
    const unit = { name: 'backup', kind: 'task', state: 'idle', since: 'today', archive: SHA256 } as const;
    await states.reported('agent-1', { kind: 'units', all: true, units: [unit] });
    expect([await store.desiredStates.get('agent-1'), await store.units.list({})]).toMatchObject([
      { appliedRevision: NOON_SECONDS, problems },
      [{ agentID: 'agent-1', state: unit, reportedAt: NOON }],
    ]);
  });
});
