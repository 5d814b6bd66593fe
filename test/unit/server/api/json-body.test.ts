import { describe, expect, test } from '@jest/globals';
import Fastify, { type FastifyRequest } from 'fastify';
import { silentLogger } from '../../../../src/lib/log.ts';
import { makeErrorHandler } from '../../../../src/server/api/error-handler.ts';
import { acceptJsonBodies, requireFields } from '../../../../src/server/api/json-body.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import type { Call } from '../../../support/original-client.ts';
import { serveApp } from '../../../support/serve-app.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a body', () => {
  const onEnd = useCleanup();

  async function send(
    call: Omit<Call, 'agentID'>,
    { method = 'POST', agentID = { agentID: '1' } }: { method?: string; agentID?: { agentID?: string } } = {},
  ): Promise<[number, unknown]> {
    const app = Fastify();
    app.setErrorHandler(makeErrorHandler(silentLogger));
    acceptJsonBodies(app, 20);
    const handle = (request: FastifyRequest): unknown =>
      requireFields(request, { headers: ['Agent-ID'], data: ['a'] });
    app.get('/', handle);
    app.post('/', handle);
    const client = await serveApp(app, onEnd);
    const { status, json } = await client.call(method, '/', { ...agentID, ...call });
    return [status, json];
  }

  test.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.x+json'])(
    'of type %s is read',
    async (type) => {
      expect(await send({ headers: { 'content-type': type }, body: '{"a":1}' })).toEqual([200, { a: 1 }]);
    },
  );

  test('of a GET request is read', async () => {
    expect(await send({ headers: JSON_TYPE, body: '{"a":1}' }, { method: 'GET' })).toEqual([200, { a: 1 }]);
  });

  test.each<[string, Call]>([
    ['that is broken', { headers: JSON_TYPE, body: '{' }],
    ['that is empty', { headers: JSON_TYPE, body: '' }],
    ['that is no UTF-8', { headers: JSON_TYPE, body: Buffer.from([0x22, 0xff, 0x22]) }],
    ['of another type', { headers: { 'content-type': 'text/plain' }, body: '{"a":1}' }],
    ['without a type', { body: Buffer.from('{"a":1}') }],
    ['that is not there', {}],
  ])('%s is a bad request', async (_what, call) => {
    expect(await send(call)).toEqual([400, expect.objectContaining({ name: 'Bad Request' })]);
  });

  test.each(['{}', '[]', '"a"', '1', 'null', '{"__proto__":{}}'])('that is %s has no field', async (body) => {
    expect(await send({ headers: JSON_TYPE, body })).toEqual([
      400,
      { error: "request is missing the following parameters: data=['a']" },
    ]);
  });

  test('may be as large as the limit and not larger', async () => {
    const body = '{"a":"1234567890123"}';
    expect(body).toHaveLength(21);
    expect(await send({ headers: JSON_TYPE, body: '{"a":"123456789012"}' })).toEqual([
      200,
      { a: '123456789012' },
    ]);
    expect(await send({ headers: JSON_TYPE, body })).toEqual([
      413,
      { error: 'request body is larger than 20 bytes' },
    ]);
  });

  test('is nobody’s business on a route that needs none', async () => {
    const app = Fastify();
    acceptJsonBodies(app);
    app.get('/', () => ({ fine: true }));
    const client = await serveApp(app, onEnd);
    for (const body of ['', '{']) {
      expect(await client.call('GET', '/', { headers: JSON_TYPE, body })).toMatchObject({ status: 200 });
    }
  });

  test('and headers are asked for together', async () => {
    expect(await send({ headers: JSON_TYPE, body: '{}' }, { agentID: {} })).toEqual([
      400,
      { error: "request is missing the following parameters: headers=['Agent-ID'], data=['a']" },
    ]);
  });
});
