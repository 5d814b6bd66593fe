import { describe, expect, test } from '@jest/globals';
import type { UnitState } from '../../../../src/protocol/schemas/desired.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, SHA256, agentRecord, openTestStore } from '../../../support/server-records.ts';
import type { UnitStore } from '../../../../src/store/server/unit-store.ts';

const onEnd = useCleanup();

function task(name: string, state = 'idle'): UnitState {
  return { name, kind: 'task', state, since: '2026-11-23T12:00:00.000Z', archive: SHA256 };
}

function service(name: string): UnitState {
  return { ...task(name, 'running'), kind: 'service', pid: 7 };
}

async function open(): Promise<UnitStore> {
  const { agents, units } = openTestStore(onEnd);
  await agents.add(agentRecord({ agentID: 'agent-1', hostname: 'web-1' }));
  await agents.add(agentRecord({ agentID: 'agent-2', hostname: 'web-2' }));
  await units.report('agent-2', { units: [task('backup')], all: true, at: NOON });
  await units.report('agent-1', { units: [service('proxy'), task('backup')], all: true, at: NOON });
  return units;
}

describe('The units that agents report', () => {
  test('are listed by name and host, as they came', async () => {
    const units = await open();
    expect(await units.list({})).toEqual([
      { agentID: 'agent-1', hostname: 'web-1', state: task('backup'), reportedAt: NOON },
      { agentID: 'agent-2', hostname: 'web-2', state: task('backup'), reportedAt: NOON },
      { agentID: 'agent-1', hostname: 'web-1', state: service('proxy'), reportedAt: NOON },
    ]);
  });

  test.each([
    [{ agentID: 'agent-1' }, ['agent-1 backup', 'agent-1 proxy']],
    [{ kind: 'service' }, ['agent-1 proxy']],
    [{ name: 'backup', agentID: 'agent-2' }, ['agent-2 backup']],
    [{ name: 'none' }, []],
  ] as const)('are found by %j', async (filter, found) => {
    const records = await (await open()).list(filter);
    expect(records.map(({ agentID, state }) => `${agentID} ${state.name}`)).toEqual(found);
  });

  test('change one by one, and the rest stays; what was never reported whole is ignored', async () => {
    const units = await open();
    const news = [task('backup', 'running'), task('stray')];
    await units.report('agent-1', { units: news, all: false, at: NOON + 1 });
    expect(await units.list({ agentID: 'agent-1' })).toEqual([
      { agentID: 'agent-1', hostname: 'web-1', state: task('backup', 'running'), reportedAt: NOON + 1 },
      { agentID: 'agent-1', hostname: 'web-1', state: service('proxy'), reportedAt: NOON },
    ]);
  });

  test('are all there is when the report is whole', async () => {
    const units = await open();
    await units.report('agent-1', { units: [task('backup')], all: true, at: NOON + 1 });
    expect((await units.list({ agentID: 'agent-1' })).map(({ state }) => state)).toEqual([task('backup')]);
    expect(await units.list({ agentID: 'agent-2' })).toHaveLength(1);
  });

  test('survive a report with a name in it twice: the first counts', async () => {
    const units = await open();
    await units.report('agent-1', { units: [task('a'), service('a')], all: true, at: NOON });
    expect((await units.list({ agentID: 'agent-1' })).map(({ state }) => state)).toEqual([task('a')]);
  });
});
