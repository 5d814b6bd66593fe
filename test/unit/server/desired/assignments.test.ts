import { beforeEach, describe, expect, test } from '@jest/globals';
import { Assignments } from '../../../../src/server/desired/assignments.ts';
import type { AssignmentTarget } from '../../../../src/store/server/assignment-store.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, agentRecord, libraryRecord, openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('Assignments', () => {
  const onEnd = useCleanup();
  const SERVICE = { filename: 'run.sh', group: 'default' } as const;
  let store: ServerStore;
  let changed: AssignmentTarget[];
  let assignments: Assignments;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    changed = [];
    assignments = new Assignments({
      ...store,
      store: store.assignments,
      changedFor: (target) => Promise.resolve(void changed.push(target)),
      clock: new SettableClock(NOON),
    });
    await store.agents.add(agentRecord());
    await store.agents.add(agentRecord({ agentID: 'gone', revokedAt: NOON }));
    await store.library.add(libraryRecord({ unit: { kind: 'service', name: 'proxy' } }));
    await store.library.add(libraryRecord({ filename: 'job.sh' }));
  });

  test('are made and taken away, and whom they concern is told', async () => {
    await assignments.add(SERVICE, 'ada');
    await assignments.add({ filename: 'run.sh', agentID: 'agent-1' }, 'ada');
    expect(await assignments.list({ kind: 'service' })).toMatchObject([
      { agentID: 'agent-1', hostname: 'web-1', assignedAt: NOON, assignedBy: 'ada' },
      { group: 'default', name: 'proxy' },
    ]);
    await assignments.remove(SERVICE);
    expect(await assignments.list({})).toHaveLength(1);
    expect(changed).toMatchObject([{ group: 'default' }, { agentID: 'agent-1' }, { group: 'default' }]);
  });

  test.each([
    ['LIBRARY_ENTRY_NOT_FOUND', { filename: 'none.sh', group: 'default' }],
    ['SERVER_REFUSED', { filename: 'job.sh', group: 'default' }],
    ['GROUP_NOT_FOUND', { filename: 'run.sh', group: 'none' }],
    ['AGENT_NOT_FOUND', { filename: 'run.sh', agentID: 'none' }],
    ['AGENT_NOT_FOUND', { filename: 'run.sh', agentID: 'gone' }],
  ])('are refused with %s: %j', async (code, key) => {
    await expect(assignments.add(key, 'ada')).rejects.toMatchObject({ code });
    expect([await assignments.list({}), changed]).toEqual([[], []]);
  });

  test('are no more services than an agent takes, of its group and its own; tasks do not count', async () => {
    for (let index = 0; index < 100; index += 1) {
      const filename = `s${index}.sh`;
      await store.library.add(libraryRecord({ filename, unit: { kind: 'service', name: `s${index}` } }));
      await assignments.add(
        { filename, ...(index < 50 ? { group: 'default' } : { agentID: 'agent-1' }) },
        'ada',
      );
    }
    const one = { filename: 'run.sh', agentID: 'agent-1' };
    await expect(assignments.add(one, 'ada')).rejects.toMatchObject({
      code: 'SERVER_REFUSED',
      message: 'Cannot assign "run.sh": an agent keeps at most 100 services',
    });
    await assignments.add({ filename: 's0.sh', agentID: 'agent-1' }, 'ada'); // has it already
    const unit = { kind: 'task', name: 'backup', schedule: { everySeconds: 60 } } as const;
    await store.library.add(libraryRecord({ filename: 'task.sh', unit }));
    await assignments.add({ filename: 'task.sh', agentID: 'agent-1' }, 'ada');
  });
});
