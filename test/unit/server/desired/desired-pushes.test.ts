import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DesiredPushes } from '../../../../src/server/desired/desired-pushes.ts';
import type { AssignedUnit } from '../../../../src/store/server/assignment-store.ts';
import { waitFor } from '../../../support/wait-for.ts';

describe('DesiredPushes', () => {
  const ASSIGNED = { filename: 'x.sh', kind: 'task', name: 'x', assignedAt: 0, assignedBy: 'ada' } as const;
  let fleet: Record<string, string[]>;
  let offline: Set<string>;
  let assigned: AssignedUnit[];
  let happened: string[];
  let pushes: DesiredPushes;

  beforeEach(() => {
    fleet = { web: ['a', 'b', 'c'] };
    offline = new Set();
    assigned = [];
    happened = [];
    pushes = new DesiredPushes({
      agents: { idsOfGroup: (group) => Promise.resolve(fleet[group] ?? []) },
      assignments: { list: () => Promise.resolve(assigned) },
      contents: { forget: () => happened.push('forgot') },
      checkins: {
        isConnected: (agentID) => !offline.has(agentID),
        wake: (agentID) => happened.push(agentID),
      },
    });
  });

  const woken = async (count: number) =>
    await waitFor(() => happened.length === count, { what: `${count} events` });

  test('wake the one agent, or all of the group that are connected', async () => {
    offline.add('b');
    await pushes.changedFor({ group: 'web' });
    await pushes.changedFor({ agentID: 'd' });
    await pushes.changedFor({ agentID: 'b' });
    await woken(3);
    expect(happened).toEqual(['a', 'c', 'd']);
  });

  test('wake whom an entry is assigned to, once, after what was made of the old one is forgotten', async () => {
    assigned = [
      { ...ASSIGNED, group: 'web' },
      { ...ASSIGNED, agentID: 'a' },
      { ...ASSIGNED, agentID: 'z' },
    ];
    await pushes.entryChanged('x.sh');
    await woken(5);
    expect(happened.toSorted()).toEqual(['a', 'b', 'c', 'forgot', 'z']);
    expect(happened[0]).toBe('forgot');
  });

  test('let others have their turn while they wake a large fleet', async () => {
    fleet['web'] = Array.from({ length: 50_000 }, (_, index) => String(index));
    await pushes.changedFor({ group: 'web' });
    await pushes.changedFor({ group: 'web' });
    await nextTurn();
    expect(happened.length).toBeLessThan(200);
    await woken(50_000);
    expect(new Set(happened).size).toBe(50_000);
  });
});
