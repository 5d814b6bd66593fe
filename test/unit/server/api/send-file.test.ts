import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { silentLogger } from '../../../../src/lib/log.ts';
import { makeErrorHandler } from '../../../../src/server/api/error-handler.ts';
import { sendFile } from '../../../../src/server/api/send-file.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { serveApp } from '../../../support/serve-app.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const CONTENT = '0123456789';

describe('sendFile', () => {
  const onEnd = useCleanup();

  async function get(
    headers: Record<string, string> = {},
    { content = CONTENT, name = 'file' } = {},
  ): Promise<{ status: number; headers: Record<string, unknown>; body: string; path: string }> {
    const dir = makeTempDir(onEnd);
    const path = join(dir, 'file');
    writeFileSync(path, content);
    const app = Fastify();
    app.setErrorHandler(makeErrorHandler(silentLogger));
    const file = { path: join(dir, name), etag: '"tag"', headers: { 'content-type': 'text/plain' } };
    app.get('/', async (request, reply) => await sendFile(request, reply, file));
    const answer = await (await serveApp(app, onEnd)).call('GET', '/', { headers });
    return { status: answer.status, headers: answer.headers, body: answer.bytes.toString(), path };
  }

  test('sends the whole file with what is known of it', async () => {
    const reply = await get();
    expect(reply).toMatchObject({
      status: 200,
      body: CONTENT,
      headers: {
        'content-type': 'text/plain',
        'content-length': '10',
        'accept-ranges': 'bytes',
        etag: '"tag"',
        'last-modified': statSync(reply.path).mtime.toUTCString(),
      },
    });
  });

  test('sends a large file whole', async () => {
    const content = CONTENT.repeat(50_000);
    expect((await get({}, { content })).body).toBe(content);
  });

  test('sends an empty file', async () => {
    expect(await get({}, { content: '' })).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    ['bytes=0-3', '0123', '0-3'],
    ['bytes=4-', '456789', '4-9'],
    ['bytes=8-100', '89', '8-9'],
    ['bytes=-3', '789', '7-9'],
    ['bytes=-100', CONTENT, '0-9'],
    ['bytes=9-9', '9', '9-9'],
  ])('sends the range %s', async (range, body, contentRange) => {
    expect(await get({ range })).toMatchObject({
      status: 206,
      body,
      headers: { 'content-range': `bytes ${contentRange}/10`, 'content-length': String(body.length) },
    });
  });

  test.each(['bytes=0-1,3-4', 'bytes=-', 'lines=1-2', 'bytes=a-b'])(
    'sends the whole file for %s, which it does not have to understand',
    async (range) => {
      expect(await get({ range })).toMatchObject({ status: 200, body: CONTENT });
    },
  );

  test.each(['bytes=10-', 'bytes=5-3', 'bytes=-0'])('refuses %s, which lies outside', async (range) => {
    expect(await get({ range })).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } });
  });

  test.each([
    ['the file of before', '"tag"', 206],
    ['another file', '"other"', 200],
    ['another time', 'Thu, 01 Jan 1970 00:00:00 GMT', 200],
  ])('goes on only with %s', async (_what, condition, status) => {
    expect(await get({ range: 'bytes=1-', 'if-range': condition })).toMatchObject({ status });
  });

  test('says so when there is no file', async () => {
    const reply = await get({}, { name: 'none' });
    expect([reply.status, JSON.parse(reply.body)]).toEqual([
      500,
      { error: 'job file missing -- please contact an administrator' },
    ]);
  });
});
