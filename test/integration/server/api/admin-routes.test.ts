import { describe, expect, test } from '@jest/globals';
import { useTestServer } from '../../../support/test-server.ts';

const server = useTestServer();

const GUARDED = [
  ['GET', '/admin/authenticate'],
  ['GET', '/admin/accounts'],
  ['POST', '/admin/accounts'],
  ['DELETE', '/admin/accounts'],
  ['POST', '/admin/certificate'],
  ['GET', '/admin/registration-key'],
  ['PUT', '/admin/registration-key'],
  ['POST', '/admin/join-tokens'],
  ['GET', '/admin/library'],
  ['POST', '/admin/library'],
  ['PATCH', '/admin/library'],
  ['DELETE', '/admin/library'],
  ['GET', '/admin/jobs'],
  ['POST', '/admin/jobs'],
  ['GET', '/admin/jobs/1'],
  ['DELETE', '/admin/jobs/1'],
  ['POST', '/admin/jobs/1/cancel'],
  ['GET', '/admin/history'],
  ['GET', '/admin/agents'],
  ['GET', '/admin/agents/1'],
  ['DELETE', '/admin/agents/1'],
] as const;

describe('everything under /admin but the login', () => {
  test.each(GUARDED)('%s %s needs a token', async (method, path) => {
    const answer = await server().client.call(method, path, { json: {} });
    expect([answer.status, answer.json]).toEqual([401, { msg: 'Missing Authorization Header' }]);
  });

  test.each(GUARDED)('%s %s is there for who has one', async (method, path) => {
    const answer = await server().client.call(method, path, { token: await server().token(), json: {} });
    expect(answer.status).not.toBe(401);
    expect(answer.json).not.toEqual(expect.objectContaining({ name: 'Not Found' }));
  });
});
