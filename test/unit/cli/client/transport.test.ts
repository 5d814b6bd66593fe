import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { Transport, type ServerLink } from '../../../../src/cli/client/transport.ts';
import { describeError } from '../../../../src/lib/errors.ts';
import { AdminServer, type Answer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();
const request = { what: 'list the things', path: '/things' };

async function start(answer: Answer = { json: [1] }): Promise<{ server: AdminServer; link: ServerLink }> {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer('GET /things', answer);
  return { server, link: { server: server.url, roots: [server.authority.rootPem] } };
}

async function failure(link: ServerLink): Promise<{ code: string; sentence: string }> {
  const error: unknown = await new Transport(link).send(request).catch((thrown: unknown) => thrown);
  return { code: (error as { code: string }).code, sentence: describeError(error) };
}

test('a reply comes back as text', async () => {
  const { link } = await start();
  await expect(new Transport(link).send(request)).resolves.toBe('[1]');
});

test('no content is empty text', async () => {
  const { link } = await start({ status: 204 });
  await expect(new Transport(link).send(request)).resolves.toBe('');
});

test('the client certificate says who asks', async () => {
  const { server, link } = await start();
  await new Transport({ ...link, ...(await server.authority.issue('grace')) }).send(request);
  expect(server.seen).toMatchObject([{ line: 'GET /things', user: 'grace' }]);
});

test('a stream hands on whole characters, and gives its trailers', async () => {
  const { link } = await start({ status: 200, body: 'größer'.repeat(20_000), trailers: { why: 'over' } });
  const pieces: string[] = [];
  const { signal } = new AbortController();
  const trailers = await new Transport(link).stream({ ...request, signal }, (text) => pieces.push(text));
  expect([pieces.join('') === 'größer'.repeat(20_000), trailers]).toEqual([true, { why: 'over' }]);
});

test('a stream that is refused says why', async () => {
  const { link } = await start({ status: 409, body: { error: 'away', code: 'AGENT_NOT_CONNECTED' } });
  const { signal } = new AbortController();
  const refused = new Transport(link).stream({ ...request, signal }, () => undefined);
  await expect(refused).rejects.toMatchObject({ code: 'AGENT_NOT_CONNECTED' });
});

test('a token goes along when there is one', async () => {
  const { server, link } = await start();
  await new Transport(link).send({ ...request, token: 't0k3n' });
  expect(server.seen).toMatchObject([{ authorization: 'Bearer t0k3n' }]);
});

describe('a refusal', () => {
  test.each<[string, Answer, string, string]>([
    [
      'of the original',
      { status: 400, body: { error: 'no hosts found' } },
      'SERVER_REFUSED',
      'no hosts found',
    ],
    [
      'with a code of ours',
      { status: 400, body: { error: 'gone', code: 'JOB_NOT_FOUND' } },
      'JOB_NOT_FOUND',
      'gone',
    ],
    ['with an unknown code', { status: 404, body: { error: 'gone', code: 'NEW' } }, 'SERVER_REFUSED', 'gone'],
    [
      'of its framework',
      { status: 400, body: { code: 400, description: 'Not understood' } },
      'SERVER_REFUSED',
      'Not understood',
    ],
    [
      'for want of a session',
      { status: 401, body: { msg: 'Token has expired' } },
      'NOT_LOGGED_IN',
      'the session is not accepted any more (Token has expired)',
    ],
    [
      'of a token',
      { status: 422, body: { msg: 'Bad token' } },
      'NOT_LOGGED_IN',
      'the session is not accepted any more (Bad token)',
    ],
    ['by a proxy', { status: 403, body: '<html>' }, 'SERVER_REFUSED', 'the server answered 403'],
    ['in another shape', { status: 403, body: { error: 1 } }, 'SERVER_REFUSED', 'the server answered 403'],
    ['by a broken server', { status: 502, body: '<html>' }, 'SERVER_ERROR', 'the server answered 502'],
    ['by redirection', { status: 302 }, 'SERVER_REFUSED', 'the server answered 302'],
  ])('%s is explained', async (_what, answer, code, reason) => {
    const { link } = await start(answer);
    expect(await failure(link)).toEqual({ code, sentence: `Cannot list the things: ${reason}` });
  });
});

describe('without a connection', () => {
  test('a server that is down is named', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    taken.close();
    await once(taken, 'close');
    const { rootPem } = await TestAuthority.create();
    const server = `https://127.0.0.1:${port}`;
    expect(await failure({ server, roots: [rootPem] })).toEqual({
      code: 'SERVER_UNREACHABLE',
      sentence: `Cannot reach "${server}": connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  test('a server of another authority is not spoken to', async () => {
    const { server } = await start();
    const { rootPem } = await TestAuthority.create('Other CA');
    expect(await failure({ server: server.url, roots: [rootPem] })).toMatchObject({
      code: 'SERVER_UNREACHABLE',
      sentence: expect.stringContaining('the trusted root did not sign'),
    });
    expect(server.seen).toEqual([]);
  });

  test('a server of another name is not spoken to', async () => {
    const server = await AdminServer.start(['commander.example']);
    onEnd(() => server.close());
    expect(await failure({ server: server.url, roots: [server.authority.rootPem] })).toMatchObject({
      code: 'SERVER_UNREACHABLE',
      sentence: expect.stringContaining('whose certificate is not for the name "127.0.0.1"'),
    });
  });
});
