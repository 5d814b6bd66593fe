import { beforeAll, describe, expect, test } from '@jest/globals';
import { validateAgentDetail, validateGroupList } from '../../../../src/protocol/generated/admin/fleet.js';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { publishAt } from '../../../support/releases-at.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();

beforeAll(async () => {
  for (const version of ['1.0.0', '1.2.3', '2.0.0'])
    await publishAt(server(), { version, platform: 'linux-x64' });
});

async function call(method: string, path: string, json?: unknown): Promise<OriginalAnswer> {
  const token = await server().token();
  return await server().client.call(method, path, { token, ...(json === undefined ? {} : { json }) });
}

async function groups(): Promise<unknown> {
  const { json } = await call('GET', '/admin/groups');
  expect(validateGroupList(json)).toBe(true);
  return (json as { groups: unknown }).groups;
}

async function agent(agentID: string): Promise<unknown> {
  const { json } = await call('GET', `/admin/agents/${agentID}`);
  expect(validateAgentDetail(json)).toBe(true);
  return json;
}

describe('groups', () => {
  test('come, get a version, and go', async () => {
    expect(await call('POST', '/admin/groups', { name: 'short-lived' })).toMatchObject({ status: 200 });
    const path = '/admin/groups/short-lived';
    expect(await call('PUT', `${path}/version`, { agentVersion: '1.2.3' })).toMatchObject({ status: 200 });
    expect(await groups()).toContainEqual({ name: 'short-lived', agents: 0, agentVersion: '1.2.3' });
    expect(await call('PUT', `${path}/version`, { agentVersion: null })).toMatchObject({ status: 200 });
    expect(await groups()).toContainEqual({ name: 'short-lived', agents: 0 });
    expect(await call('DELETE', path)).toMatchObject({ status: 200 });
    expect(await groups()).not.toContainEqual(expect.objectContaining({ name: 'short-lived' }));
  });

  test('take in agents, and cannot go while they are there', async () => {
    const { agentID } = await server().agent('moved.example');
    expect(await agent(agentID)).toMatchObject({ group: 'default' });
    await call('POST', '/admin/groups', { name: 'web' });
    await call('PUT', '/admin/groups/web/version', { agentVersion: '2.0.0' });
    expect(await call('PATCH', `/admin/agents/${agentID}`, { group: 'web' })).toMatchObject({ status: 200 });
    expect(await agent(agentID)).toMatchObject({ group: 'web', agentVersion: '2.0.0' });
    expect(await groups()).toContainEqual({ name: 'web', agents: 1, agentVersion: '2.0.0' });
    expect(await call('DELETE', '/admin/groups/web')).toMatchObject({
      status: 409,
      json: { code: 'SERVER_REFUSED' },
    });
  });

  test('give way to the version that an agent is pinned to', async () => {
    const { agentID } = await server().agent('pinned.example');
    const path = `/admin/agents/${agentID}`;
    await call('PATCH', path, { agentVersion: '1.0.0' });
    expect(await agent(agentID)).toMatchObject({ agentVersion: '1.0.0', pinnedVersion: '1.0.0' });
    await call('PATCH', path, { agentVersion: null });
    expect(await agent(agentID)).not.toHaveProperty('pinnedVersion');
  });

  test.each([
    ['POST', '/admin/groups', {}, 400, undefined],
    ['POST', '/admin/groups', { name: 'Not A Name' }, 400, 'MESSAGE_INVALID'],
    ['POST', '/admin/groups', { name: 'default' }, 409, 'GROUP_EXISTS'],
    ['PUT', '/admin/groups/none/version', { agentVersion: null }, 404, 'GROUP_NOT_FOUND'],
    ['PUT', '/admin/groups/default/version', { agentVersion: 'newest' }, 400, 'MESSAGE_INVALID'],
    ['PUT', '/admin/groups/default/version', {}, 400, undefined],
    ['DELETE', '/admin/groups/none', undefined, 404, 'GROUP_NOT_FOUND'],
    ['DELETE', '/admin/groups/default', undefined, 409, 'SERVER_REFUSED'],
    ['PATCH', '/admin/agents/none', { group: 'default' }, 400, 'AGENT_NOT_FOUND'],
    ['PATCH', '/admin/agents/none', { group: 'none' }, 404, 'GROUP_NOT_FOUND'],
    ['PATCH', '/admin/agents/none', { agentVersion: 7 }, 400, 'MESSAGE_INVALID'],
  ])('%s %s with %j is refused', async (method, path, json, status, code) => {
    const answer = await call(method, path, json);
    expect([answer.status, (answer.json as { code?: string }).code]).toEqual([status, code]);
  });

  test('are for admins', async () => {
    expect(await server().client.call('GET', '/admin/groups')).toMatchObject({ status: 401 });
  });
});
