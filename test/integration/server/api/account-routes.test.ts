import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import type { OriginalAnswer } from '../../../support/original-client.ts';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();

async function call(method: string, path: string, json?: unknown, token?: string): Promise<OriginalAnswer> {
  return await server().client.call(method, path, {
    ...(json === undefined ? {} : { json }),
    ...(token === undefined ? {} : { token }),
  });
}

const answerOf = ({ status, json }: OriginalAnswer): unknown => [status, json];

describe('logging in', () => {
  test('gives a token that authenticates', async () => {
    const login = await call('POST', '/admin/login', { username: 'admin', password: server().password });
    expect(answerOf(login)).toEqual([200, { token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) }]);
    const { token } = login.json as { token: string };
    expect(answerOf(await call('GET', '/admin/authenticate', undefined, token))).toEqual([
      200,
      { success: 'authentication token is valid' },
    ]);
  });

  test.each<[string, unknown, number, unknown]>([
    [
      'an unknown name',
      { username: 'nobody', password: 'x' },
      401,
      { error: 'username not found', code: 'CREDENTIALS_REFUSED' },
    ],
    [
      'a wrong password',
      { username: 'admin', password: 'x' },
      401,
      { error: 'password does not match', code: 'CREDENTIALS_REFUSED' },
    ],
    [
      'no password',
      { username: 'admin' },
      400,
      { error: "request is missing the following parameters: data=['password']" },
    ],
    [
      'an empty object',
      {},
      400,
      { error: "request is missing the following parameters: data=['username', 'password']" },
    ],
    [
      'JSON that is no object',
      [],
      400,
      { error: "request is missing the following parameters: data=['username', 'password']" },
    ],
    [
      'a password that is no text',
      { username: 'admin', password: 1 },
      400,
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    ],
  ])('is refused with %s', async (_what, credentials, status, body) => {
    expect(answerOf(await call('POST', '/admin/login', credentials))).toEqual([status, body]);
  });

  test.each([
    ['no body', {}],
    ['broken JSON', { body: '{', headers: { 'Content-Type': 'application/json' } }],
    ['no content type', { body: '{}' }],
    [
      'text that is no UTF-8',
      { body: Buffer.from([0x22, 0xff, 0x22]), headers: { 'Content-Type': 'application/json' } },
    ],
  ])('is a bad request of the generic kind with %s', async (_what, request) => {
    const answer = await server().client.call('POST', '/admin/login', request);
    expect([answer.status, answer.json]).toEqual([
      400,
      expect.objectContaining({ code: 400, name: 'Bad Request' }),
    ]);
  });

  test('takes JSON whose type names a character set', async () => {
    const answer = await server().client.call('POST', '/admin/login', {
      body: JSON.stringify({ username: 'admin', password: server().password }),
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
    });
    expect(answer.status).toBe(200);
  });

  test('makes a guesser wait, and says for how long', async () => {
    const guess = { username: 'victim', password: 'x' };
    for (let count = 0; count < 5; count++) await call('POST', '/admin/login', guess);
    const answer = await call('POST', '/admin/login', guess);
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('1');
  });
});

describe('changing the password', () => {
  test('needs the old one and no token', async () => {
    const user = { username: 'changer', password: 'old password' };
    await call('POST', '/admin/accounts', user, await server().token());
    expect(answerOf(await call('PATCH', '/admin/login', { ...user, newPassword: 'new password' }))).toEqual([
      200,
      { success: 'successfully changed the password for your account' },
    ]);
    expect((await call('POST', '/admin/login', user)).status).toBe(401);
    expect((await call('POST', '/admin/login', { ...user, password: 'new password' })).status).toBe(200);
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['nothing new', {}, 400, "request is missing the following parameters: data=['newPassword']"],
    ['a wrong password', { newPassword: 'long enough' }, 401, 'password does not match'],
    ['an unknown name', { username: 'nobody', newPassword: 'long enough' }, 401, 'username not found'],
  ])('is refused with %s', async (_what, change, status, error) => {
    const answer = await call('PATCH', '/admin/login', { username: 'admin', password: 'x', ...change });
    expect([answer.status, answer.json]).toEqual([status, expect.objectContaining({ error })]);
  });
});

describe('accounts', () => {
  test('are added, listed and removed', async () => {
    const token = await server().token();
    const user = { username: 'second', password: 'long enough' };
    expect(answerOf(await call('POST', '/admin/accounts', user, token))).toEqual([
      200,
      { success: 'successfully created new admin account' },
    ]);
    const { accounts } = (await call('GET', '/admin/accounts', undefined, token)).json as {
      accounts: unknown[];
    };
    expect(accounts).toContainEqual({ username: 'second', createdAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(answerOf(await call('POST', '/admin/accounts', user, token))).toEqual([
      400,
      { error: 'username already taken', code: 'ACCOUNT_EXISTS' },
    ]);
    expect(answerOf(await call('DELETE', '/admin/accounts', { username: 'second' }, token))).toEqual([
      200,
      { success: 'successfully deleted admin account' },
    ]);
    expect(answerOf(await call('DELETE', '/admin/accounts', { username: 'second' }, token))).toEqual([
      400,
      { error: 'username not found', code: 'ACCOUNT_NOT_FOUND' },
    ]);
  });
});

describe('the certificate of an admin', () => {
  test('is issued for a token, not for another certificate', async () => {
    const { key, csr } = await createCertificateRequest('whatever');
    const issued = await call('POST', '/admin/certificate', { csr }, await server().token());
    const { cert, roots } = issued.json as { cert: string; roots: string[] };
    expect(issued.status).toBe(200);
    const [root = ''] = roots;
    expect(new X509Certificate(cert).checkIssued(new X509Certificate(root))).toBe(true);
    const renewed = await server()
      .clientWith({ cert, key })
      .call('POST', '/admin/certificate', { json: { csr } });
    expect(answerOf(renewed)).toEqual([401, { msg: 'Missing Authorization Header' }]);
  });

  test('needs a request that can be signed', async () => {
    const answer = await call('POST', '/admin/certificate', { csr: 'abc' }, await server().token());
    expect(answer.status).toBe(400);
  });
});

describe('the certificate of a proxy', () => {
  test('is issued for its names and a token, not for the certificate of an admin', async () => {
    const { key, csr } = await createCertificateRequest('admin');
    const token = await server().token();
    const asked = { csr, names: ['proxy.example', '192.0.2.7'] };
    const { status, json } = await call('POST', '/admin/server-certificate', asked, token);
    const { cert, roots } = json as { cert: string; roots: string[] };
    const certificate = new X509Certificate(cert);
    expect([status, certificate.checkHost('proxy.example'), certificate.checkIP('192.0.2.7')]).toEqual([
      200,
      'proxy.example',
      '192.0.2.7',
    ]);
    expect(roots).toEqual([server().root]);
    const admin = (await call('POST', '/admin/certificate', { csr }, token)).json as { cert: string };
    const withCertificate = await server()
      .clientWith({ cert: admin.cert, key })
      .call('POST', '/admin/server-certificate', { json: asked });
    expect(answerOf(withCertificate)).toEqual([401, { msg: 'Missing Authorization Header' }]);
  });

  test.each([
    ['without names', { names: [] }, 'MESSAGE_INVALID'],
    ['with a name that is none', { names: ['https://proxy.example'] }, 'CERTIFICATE_INVALID'],
    ['with a request that is none', { csr: 'abc' }, 'MESSAGE_INVALID'],
  ])('is refused %s', async (_what, wrong, code) => {
    const { csr } = await createCertificateRequest('proxy.example');
    const asked = { csr, names: ['proxy.example'], ...wrong };
    const { status, json } = await call('POST', '/admin/server-certificate', asked, await server().token());
    expect([status, json]).toEqual([400, expect.objectContaining({ code })]);
  });
});
