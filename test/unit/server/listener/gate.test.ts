import { describe, expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { OwnListener } from '../../../support/own-listener.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;

describe('without a client certificate', () => {
  test.each(['/agent/who', '/agent/none', '/agent', '/agents', '/%61gent/who'])(
    '%s is forbidden',
    async (path) => {
      const server = await OwnListener.open(onEnd);
      const { status, headers, text } = await server.ask({ path });
      expect([status, headers['content-type'], text]).toEqual([
        403,
        'text/html',
        expect.stringContaining('403 Forbidden'),
      ]);
    },
  );

  test('other paths are open', async () => {
    const server = await OwnListener.open(onEnd);
    expect(await server.ask({ path: '/who' })).toMatchObject({ status: 200, text: '{"kind":"none"}' });
  });
});

describe('a client certificate that does not count is refused on every path, after the handshake', () => {
  test.each(['/agent/who', '/who', '/nowhere'])('%s', async (path) => {
    const server = await OwnListener.open(onEnd);
    const stranger = await (await TestAuthority.create('Commander CA')).issue('x');
    const { status, headers, text } = await server.ask({ path, ...stranger });
    expect([status, headers['content-type'], headers.connection, headers['commander-certificate']]).toEqual([
      400,
      'text/html',
      'close',
      'untrusted',
    ]);
    expect(text).toContain('The SSL certificate error');
  });

  test('because it is revoked', async () => {
    const server = await OwnListener.open(onEnd);
    const pair = await server.agent('a-1');
    const before = await server.ask({ path: '/agent/who', ...pair });
    await server.certificates.revokeSubject('agent', 'a-1', server.clock.now());
    const after = await server.ask({ path: '/agent/who', ...pair });
    expect([before.status, after.status, after.headers['commander-certificate']]).toEqual([
      200,
      400,
      'revoked',
    ]);
  });

  test('because it has expired, but for a while not where that is forgiven', async () => {
    const server = await OwnListener.open(onEnd, { expiredGraceMs: { '/grace': 30 * DAY_MS } });
    const pair = await server.agent();
    server.clock.advance(91 * DAY_MS);
    const statuses = async (): Promise<number[]> => [
      (await server.ask({ path: '/who', ...pair })).status,
      (await server.ask({ path: '/grace', ...pair })).status,
    ];
    const soonAfter = await statuses();
    server.clock.advance(30 * DAY_MS);
    expect([soonAfter, await statuses()]).toEqual([
      [400, 200],
      [400, 400],
    ]);
  });

  test('because it is a server’s', async () => {
    const server = await OwnListener.open(onEnd);
    const { certPem, keyPem } = await server.ca.issueServer(['localhost']);
    const { status, headers } = await server.ask({ cert: certPem, key: keyPem });
    expect([status, headers['commander-certificate']]).toEqual([400, 'wrong-purpose']);
  });
});

describe('methods', () => {
  test.each(['HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s is not allowed anywhere', async (method) => {
    const server = await OwnListener.open(onEnd);
    const { status, headers } = await server.ask({ method });
    expect([status, headers.allow]).toEqual([405, 'GET, POST, PUT, PATCH, DELETE']);
  });

  test.each([
    ['POST', '/who', 405, 'GET'],
    ['DELETE', '/who?x=1', 405, 'GET'],
    ['GET', '/nowhere', 404, undefined],
  ])('%s %s is %i, in the shape of the original’s framework', async (method, path, status, allow) => {
    const server = await OwnListener.open(onEnd);
    const answer = await server.ask({ method, path });
    expect([answer.status, answer.headers.allow, JSON.parse(answer.text)]).toEqual([
      status,
      allow,
      expect.objectContaining({ code: status }),
    ]);
  });
});

test('every answer tells browsers to do nothing with it', async () => {
  const server = await OwnListener.open(onEnd);
  for (const path of ['/who', '/agent/who', '/nowhere']) {
    expect((await server.ask({ path })).headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  }
});

test('whatever refuses a body as too large, the answer is the page of the original’s proxy', async () => {
  const server = await OwnListener.open(onEnd);
  const answer = await server.ask({
    method: 'GET',
    headers: { 'content-length': String(2 ** 24 + 1), 'content-type': 'application/json' },
  });
  expect([answer.status, answer.headers.connection, answer.text]).toEqual([
    413,
    'close',
    expect.stringContaining('413 Payload Too Large'),
  ]);
});
