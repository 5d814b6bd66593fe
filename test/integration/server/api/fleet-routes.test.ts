import { describe, expect, test } from '@jest/globals';
import { parseJoinToken } from '../../../../src/protocol/join-token.ts';
import type { AgentList } from '../../../../src/protocol/schemas/admin/fleet.ts';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();
const UUID = /^[0-9a-f-]{36}$/;

async function call(method: string, path: string): Promise<OriginalAnswer> {
  return await server().client.call(method, path, { token: await server().token() });
}

const keyOf = (answer: OriginalAnswer): string =>
  (answer.json as { registrationKey: string }).registrationKey;

describe('the registration key', () => {
  test('stays until it is rotated, and is then worth nothing', async () => {
    const first = keyOf(await call('GET', '/admin/registration-key'));
    expect(first).toMatch(UUID);
    expect(keyOf(await call('GET', '/admin/registration-key'))).toBe(first);
    const second = keyOf(await call('PUT', '/admin/registration-key'));
    expect(second).toMatch(UUID);
    expect(second).not.toBe(first);
    expect(keyOf(await call('GET', '/admin/registration-key'))).toBe(second);
  });
});

describe('a join token', () => {
  test('says where the server is, how to know it and how to be let in', async () => {
    const { json } = await call('POST', '/admin/join-tokens');
    const { url, fingerprint } = server().running;
    expect(json).toEqual({ token: expect.any(String), server: url, fingerprint });
    expect(parseJoinToken((json as { token: string }).token)).toEqual({
      serverUrl: url,
      fingerprint,
      registrationKey: await server().registrationKey(),
    });
  });
});

describe('the agents', () => {
  test('are listed and shown with what is known of them', async () => {
    const { agentID } = await server().agent('shown.example');
    const view = {
      agentID,
      hostname: 'shown.example',
      os: 'Linux',
      connected: false,
      enrolledAt: expect.any(String),
      certificateExpiresAt: expect.any(String),
      group: 'default',
      pendingJobs: 0,
    };
    const { agents } = (await call('GET', '/admin/agents')).json as { agents: unknown[] };
    expect(agents).toContainEqual(view);
    expect((await call('GET', `/admin/agents/${agentID}`)).json).toEqual({
      ...view,
      units: [],
      problems: [],
    });
  });

  test('can be revoked, and are out at once: connection, certificate and work', async () => {
    await server().addToLibrary('revoked.sh');
    const { client, agentID } = await server().agent('revoked.example');
    const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
    const jobID = await server().assign(agentID, 'revoked.sh');
    await checkin.nextPush();
    expect((await call('DELETE', `/admin/agents/${agentID}`)).json).toEqual({ success: 'agent revoked' });

    expect(await checkin.ended).toMatchObject({
      code: 1008,
      reason: '{"error":"agent ID not found, please check ID or register"}',
    });
    expect(await server().job(jobID)).toMatchObject({ outcome: 'canceled', reason: 'the agent was revoked' });
    await expect(client.checkin(JSON.stringify({ 'Agent-ID': agentID }))).rejects.toThrow('400');
    const report = { agentID, json: { job: { filename: 'revoked.sh' } } };
    expect((await client.call('POST', '/agent/history', report)).status).toBe(400);
    expect((await call('GET', `/admin/agents/${agentID}`)).json).toMatchObject({
      connected: false,
      revokedAt: expect.any(String),
      pendingJobs: 0,
    });
  });

  test('of the original can be revoked too, although CAPy’s certificate names none', async () => {
    const { client, agentID } = await server().originalAgent('old.example');
    await call('DELETE', `/admin/agents/${agentID}`);
    const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
    expect(await checkin.ended).toMatchObject({ code: 1008 });
  });

  test('are listed by name, group, status and version', async () => {
    const { agentID } = await server().agent('listed.example');
    const listed = async (query: string) => {
      const { agents } = (await call('GET', `/admin/agents?${query}`)).json as AgentList;
      return agents.map((agent) => agent.agentID);
    };
    expect(await listed('name=LISTED')).toEqual([agentID]);
    expect(await listed('name=listed&group=default&status=away&outdated=false')).toEqual([agentID]);
    expect(await listed('name=listed&group=other')).toEqual([]);
    expect(await listed('name=listed&status=connected')).toEqual([]);
    expect(await listed('name=listed&outdated=true')).toEqual([]);
  });

  test.each([
    ['status=lost', 'The status "lost" is not valid'],
    ['name=a&name=b', '"name" was given more than once'],
    ['outdated=yes', '"outdated" must be true or false, not "yes"'],
  ])('are not listed by "%s"', async (query, sentence) => {
    expect(await call('GET', `/admin/agents?${query}`)).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining(sentence) },
    });
  });

  test.each(['GET', 'DELETE'])('that nobody knows are 404 to %s', async (method) => {
    const answer = await call(method, '/admin/agents/nobody');
    expect([answer.status, answer.json]).toEqual([
      404,
      { error: 'There is no agent "nobody"', code: 'AGENT_NOT_FOUND' },
    ]);
  });

  test('that nobody knows, or that were revoked, get no work', async () => {
    await server().addToLibrary('nobody.sh');
    const { agentID } = await server().agent('no-work.example');
    await call('DELETE', `/admin/agents/${agentID}`);
    for (const id of [agentID, 'nobody']) {
      await expect(server().assign(id, 'nobody.sh')).rejects.toThrow(
        'no hosts found matching the agentID in the request',
      );
    }
  });
});
