import { beforeAll, describe, expect, test } from '@jest/globals';
import { validateAssignmentList } from '../../../../src/protocol/generated/admin/units.js';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();

async function call(method: string, json: unknown): Promise<OriginalAnswer> {
  return await server().client.call(method, '/admin/assignments', { token: await server().token(), json });
}

async function assignments(query = ''): Promise<unknown> {
  const json = await server().admin('GET', `/admin/assignments${query}`);
  expect(validateAssignmentList(json)).toBe(true);
  return (json as { assignments: unknown }).assignments;
}

describe('assignments', () => {
  let agentID: string;

  beforeAll(async () => {
    ({ agentID } = await server().agent('web-1'));
    const unit = { kind: 'task', name: 'backup', schedule: { everySeconds: 60 } } as const;
    await server().addToLibrary('backup.sh', undefined, { unit });
    await server().addToLibrary('proxy.sh', undefined, { unit: { kind: 'service', name: 'proxy' } });
    await server().addToLibrary('job.sh');
  });

  test('are made, listed by kind, and taken away', async () => {
    const toAgent = { filename: 'backup.sh', agentID };
    const toGroup = { filename: 'proxy.sh', group: 'default' };
    for (const assignment of [toAgent, toGroup, toGroup]) {
      expect(await call('POST', assignment)).toMatchObject({ status: 200 });
    }
    const said = { assignedAt: expect.stringMatching(/^\d{4}-.*Z$/), assignedBy: 'admin' };
    const shownToAgent = { ...toAgent, ...said, kind: 'task', name: 'backup', hostname: 'web-1' };
    const shownToGroup = { ...toGroup, ...said, kind: 'service', name: 'proxy' };
    expect(await assignments()).toEqual([shownToAgent, shownToGroup]);
    expect(await assignments('?kind=service')).toEqual([shownToGroup]);
    expect(await call('DELETE', toGroup)).toMatchObject({ status: 200 });
    expect(await assignments()).toEqual([shownToAgent]);
    expect(await call('DELETE', toGroup)).toMatchObject({
      status: 404,
      json: { code: 'ASSIGNMENT_NOT_FOUND' },
    });
  });

  test.each([
    [{ group: 'default' }, 400, undefined],
    [{ filename: 'backup.sh' }, 400, 'MESSAGE_INVALID'],
    [{ filename: 'backup.sh', group: 'default', agentID: 'a' }, 400, 'MESSAGE_INVALID'],
    [{ filename: 'none.sh', group: 'default' }, 400, 'LIBRARY_ENTRY_NOT_FOUND'],
    [{ filename: 'job.sh', group: 'default' }, 409, 'SERVER_REFUSED'],
    [{ filename: 'backup.sh', group: 'none' }, 404, 'GROUP_NOT_FOUND'],
    [{ filename: 'backup.sh', agentID: 'none' }, 400, 'AGENT_NOT_FOUND'],
  ])('of %j are refused', async (json, status, code) => {
    const answer = await call('POST', json);
    expect([answer.status, (answer.json as { code?: string }).code]).toEqual([status, code]);
  });

  test('hold their entry in the library', async () => {
    await server().addToLibrary('held.sh', undefined, { unit: { kind: 'service', name: 'held' } });
    await call('POST', { filename: 'held.sh', agentID });
    const token = await server().token();
    const json = { filename: 'held.sh' };
    expect(await server().client.call('DELETE', '/admin/library', { token, json })).toMatchObject({
      status: 409,
      json: { error: '"held.sh" is assigned to agent "web-1"; unassign it first', code: 'SERVER_REFUSED' },
    });
  });

  test('know two kinds', async () => {
    const token = await server().token();
    expect(await server().client.call('GET', '/admin/assignments?kind=job', { token })).toMatchObject({
      status: 400,
    });
  });
});
