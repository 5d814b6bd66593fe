import { describe, expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import type { OriginalAnswer, OriginalClient } from '../../../support/original-client.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();
const USER = { username: 'short-lived', password: 'long enough' };

async function addUser(): Promise<void> {
  await server().client.call('POST', '/admin/accounts', { token: await server().token(), json: USER });
}

async function removeUser(): Promise<void> {
  const json = { username: USER.username };
  await server().client.call('DELETE', '/admin/accounts', { token: await server().token(), json });
}

async function authenticate(client: OriginalClient, token?: string): Promise<unknown> {
  const answer: OriginalAnswer = await client.call(
    'GET',
    '/admin/authenticate',
    token === undefined ? {} : { token },
  );
  return [answer.status, answer.json];
}

const THROUGH = [200, { success: 'authentication token is valid' }];

describe('a token', () => {
  test.each<[string, Record<string, string>, number, string]>([
    ['is missing', {}, 401, 'Missing Authorization Header'],
    ['is none', { Authorization: 'Bearer abc' }, 422, 'Not enough segments'],
    [
      'is of another scheme',
      { Authorization: 'Basic abc' },
      422,
      "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'",
    ],
  ])('that %s is refused', async (_what, headers, status, msg) => {
    const answer = await server().client.call('GET', '/admin/authenticate', { headers });
    expect([answer.status, answer.json]).toEqual([status, { msg }]);
  });

  test('is worth nothing once its account is gone', async () => {
    await addUser();
    const token = await server().client.login(USER.username, USER.password);
    expect(await authenticate(server().client, token)).toEqual(THROUGH);
    await removeUser();
    expect(await authenticate(server().client, token)).toEqual([
      401,
      { msg: 'The account of this token was removed' },
    ]);
  });
});

describe('a client certificate', () => {
  async function clientOf(token: string): Promise<OriginalClient> {
    const { key, csr } = await createCertificateRequest('whatever');
    const issued = await server().client.call('POST', '/admin/certificate', { token, json: { csr } });
    return server().clientWith({ cert: (issued.json as { cert: string }).cert, key });
  }

  test('of an admin does instead of a token, also beside one that is broken', async () => {
    const client = await clientOf(await server().token());
    expect(await authenticate(client)).toEqual(THROUGH);
    expect(await authenticate(client, 'abc')).toEqual(THROUGH);
  });

  test('is worth nothing once its account is gone', async () => {
    await addUser();
    const client = await clientOf(await server().client.login(USER.username, USER.password));
    expect(await authenticate(client)).toEqual(THROUGH);
    await removeUser();
    // Revoked with its account, it is not even let in by the listener.
    expect((await client.call('GET', '/admin/authenticate')).status).toBe(400);
  });

  test('of an agent makes no admin of it', async () => {
    const { client } = await server().agent('no-admin');
    expect(await authenticate(client)).toEqual([401, { msg: 'Missing Authorization Header' }]);
  });
});
