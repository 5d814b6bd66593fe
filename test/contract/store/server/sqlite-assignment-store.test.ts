import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LibraryUnit } from '../../../../src/protocol/schemas/admin/library.ts';
import type { AssignmentKey } from '../../../../src/store/server/assignment-store.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, agentRecord, libraryRecord, openTestStore } from '../../../support/server-records.ts';

describe('Assignments', () => {
  const onEnd = useCleanup();
  const BY = { assignedAt: NOON, assignedBy: 'ada' };
  let store: ServerStore;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    await store.groups.add({ name: 'web' });
    await store.agents.add(agentRecord({ agentID: 'agent-1', hostname: 'web-1' }));
    await addEntry('backup.sh', { kind: 'task', name: 'backup', schedule: { everySeconds: 60 } });
    await addEntry('proxy.sh', { kind: 'service', name: 'a-proxy' });
  });

  async function addEntry(filename: string, unit: LibraryUnit): Promise<void> {
    await store.library.add(libraryRecord({ filename, unit }));
  }

  async function assign(...keys: AssignmentKey[]): Promise<void> {
    for (const key of keys) await store.assignments.add({ ...key, ...BY });
  }

  test('are listed by unit, each once, with what library and fleet say of them', async () => {
    const keys = [
      { filename: 'backup.sh', group: 'web' },
      { filename: 'backup.sh', agentID: 'agent-1' },
      { filename: 'proxy.sh', group: 'web' },
    ] as const;
    await assign(...keys, ...keys);
    expect(await store.assignments.list({})).toEqual([
      { ...keys[2], ...BY, kind: 'service', name: 'a-proxy' },
      { ...keys[1], ...BY, kind: 'task', name: 'backup', hostname: 'web-1' },
      { ...keys[0], ...BY, kind: 'task', name: 'backup' },
    ]);
  });

  test.each([
    [{ kind: 'task' }, ['backup.sh']],
    [{ filename: 'proxy.sh' }, ['proxy.sh']],
    [{ kind: 'task', filename: 'proxy.sh' }, []],
  ] as const)('are found by %j', async (filter, found) => {
    await assign({ filename: 'backup.sh', group: 'web' }, { filename: 'proxy.sh', agentID: 'agent-1' });
    expect((await store.assignments.list(filter)).map(({ filename }) => filename)).toEqual(found);
  });

  test('name the entries of an agent, its own and those of its group, each once', async () => {
    await assign(
      { filename: 'proxy.sh', group: 'web' },
      { filename: 'proxy.sh', agentID: 'agent-1' },
      { filename: 'backup.sh', agentID: 'agent-1' },
    );
    const { assignments } = store;
    expect([
      await assignments.filenamesFor({ agentID: 'agent-1', group: 'web' }),
      await assignments.filenamesFor({ agentID: 'agent-1', group: 'default' }),
      await assignments.filenamesFor({ group: 'web' }),
    ]).toEqual([['backup.sh', 'proxy.sh'], ['backup.sh', 'proxy.sh'], ['proxy.sh']]);
  });

  test('are taken away one by one', async () => {
    await assign({ filename: 'proxy.sh', group: 'web' }, { filename: 'proxy.sh', agentID: 'agent-1' });
    await store.assignments.remove({ filename: 'proxy.sh', agentID: 'agent-1' });
    expect(await store.assignments.list({})).toMatchObject([{ filename: 'proxy.sh', group: 'web' }]);
    await expect(
      store.assignments.remove({ filename: 'proxy.sh', agentID: 'agent-1' }),
    ).rejects.toMatchObject({
      code: 'ASSIGNMENT_NOT_FOUND',
      message: '"proxy.sh" is not assigned to agent "agent-1"',
    });
  });

  test('go with an agent that is revoked', async () => {
    await assign({ filename: 'proxy.sh', group: 'web' }, { filename: 'proxy.sh', agentID: 'agent-1' });
    await store.agents.revoke('agent-1', NOON);
    expect(await store.assignments.list({})).toMatchObject([{ filename: 'proxy.sh', group: 'web' }]);
  });

  test.each([
    { filename: 'none.sh', group: 'web' },
    { filename: 'proxy.sh', group: 'none' },
    { filename: 'proxy.sh', agentID: 'none' },
  ])('are of what there is: %j is not', async (key) => {
    await expect(assign(key)).rejects.toThrow();
  });

  test('hold what they name', async () => {
    await assign({ filename: 'proxy.sh', group: 'web' });
    await expect(store.library.remove('proxy.sh')).rejects.toThrow();
    await expect(store.groups.remove('web')).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
  });
});
