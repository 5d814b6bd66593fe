import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { HttpClient, textOf, type HttpClientOptions } from '../../../../src/lib/http-client/http-client.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ScriptedServer, reply } from '../../../support/scripted-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

async function start(
  options: Partial<HttpClientOptions> = {},
): Promise<{ server: ScriptedServer; client: HttpClient }> {
  const server = await ScriptedServer.start(onEnd);
  const { roots: ca, ...pair } = await server.credentials();
  return {
    server,
    client: clientOf({ baseUrl: server.url, userAgent: 'test/1', tls: { ca, ...pair }, ...options }),
  };
}

function clientOf(options: HttpClientOptions): HttpClient {
  const client = new HttpClient(options);
  onEnd(() => client.close());
  return client;
}

test('a request shows its certificate and says who we are; whatever the status, the answer is given back', async () => {
  const { server, client } = await start();
  server.script = (_, response) => reply(response, 418, { error: 'teapot' });
  const { status, text } = await client.request({
    method: 'POST',
    path: '/a?b=c',
    json: { x: 1 },
    headers: { 'agent-id': 'a' },
  });
  expect({ status, text }).toEqual({ status: 418, text: '{"error":"teapot"}' });
  expect(server.seen).toMatchObject([
    {
      line: 'POST /a?b=c',
      body: '{"x":1}',
      peer: 'agent-1',
      headers: {
        'user-agent': 'test/1',
        'agent-id': 'a',
        'content-type': 'application/json',
        'accept-encoding': 'identity',
      },
    },
  ]);
});

test('GET may carry JSON, as the original wants it', async () => {
  const { server, client } = await start();
  server.script = (_, response) => reply(response, 200, {});
  await client.request({ method: 'GET', path: '/agent/execute', json: { filename: 'x' } });
  expect(server.seen).toMatchObject([{ line: 'GET /agent/execute', body: '{"filename":"x"}' }]);
});

test('one connection serves one request after the other', async () => {
  const { server, client } = await start();
  server.script = (_, response) => reply(response, 200, {});
  for (const path of ['/1', '/2', '/3']) await client.request({ method: 'GET', path });
  expect(server.connections).toBe(1);
});

test('a redirect is not followed, and a packed body is not unpacked', async () => {
  const { server, client } = await start();
  server.script = (_, response) =>
    response.writeHead(302, { location: '/else', 'content-encoding': 'gzip' }).end('raw');
  const { status, text } = await client.request({ method: 'GET', path: '/' });
  expect({ status, text, requests: server.seen.length }).toEqual({ status: 302, text: 'raw', requests: 1 });
});

test('another root than ours is not spoken to', async () => {
  const { server } = await start();
  const other = await ScriptedServer.start(onEnd);
  const client = clientOf({ baseUrl: server.url, userAgent: 'x', tls: { ca: other.authority.rootPem } });
  await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: expect.stringContaining('certificate that the trusted root did not sign'),
  });
  expect(server.seen).toEqual([]);
});

test('a certificate for another name is not accepted', async () => {
  const server = await ScriptedServer.start(onEnd, { names: ['elsewhere.example'] });
  const client = clientOf({ baseUrl: server.url, userAgent: 'x', tls: { ca: server.authority.rootPem } });
  await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
    message: expect.stringContaining('is not for the name "127.0.0.1"'),
  });
});

test('unverified, it speaks to anyone; and over plain HTTP, too', async () => {
  const { server } = await start();
  server.script = (_, response) => reply(response, 200, {});
  const client = clientOf({ baseUrl: server.url, userAgent: 'x', tls: 'unverified' });
  const plain = createServer((_, response) => response.end('plain')).listen(0, '127.0.0.1');
  onEnd(() => plain.close());
  await waitFor(() => plain.listening, { what: 'the plain server' });
  const plainUrl = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  const plainClient = clientOf({ baseUrl: plainUrl, userAgent: 'x', tls: 'unverified' });
  expect((await client.request({ method: 'GET', path: '/' })).status).toBe(200);
  expect((await plainClient.request({ method: 'GET', path: '/' })).text).toBe('plain');
});

test('nobody there is said at once, nobody answering after the time-out', async () => {
  const { server, client } = await start({ timeoutMs: 200 });
  server.script = () => undefined;
  const silent = client.request({ method: 'GET', path: '/' });
  await expect(silent).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', retryable: true });
  const { url } = server;
  await server.stop();
  await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
    message: `Cannot reach "${url}"`,
  });
});

test('a request may have a time-out of its own, for an answer that keeps coming', async () => {
  const { server, client } = await start({ timeoutMs: 200 });
  server.script = (_, response) => {
    response.writeHead(200);
    let left = 5;
    const timer = setInterval(() => {
      response.write('.');
      if (--left > 0) return;
      clearInterval(timer);
      response.end();
    }, 80);
    onEnd(() => clearInterval(timer));
  };
  const request = { method: 'GET', path: '/' } as const;
  await expect(client.request(request)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  expect((await client.request({ ...request, timeoutMs: 5_000 })).text).toBe('.....');
});

test('an aborted request ends with the reason of its signal', async () => {
  const { server, client } = await start();
  const stop = new AbortController();
  server.script = () => stop.abort(new Stopped('shutdown'));
  const request = client.request({ method: 'GET', path: '/', signal: stop.signal });
  await expect(request).rejects.toEqual(new Stopped('shutdown'));
});

test('a stream hands over status and body as they come', async () => {
  const { server, client } = await start();
  server.script = (_, response) => response.writeHead(206, { 'content-range': 'bytes 1-2/3' }).end('bc');
  const got = await client.stream({ method: 'GET', path: '/' }, async ({ status, headers }, body) => ({
    status,
    range: headers['content-range'],
    text: await textOf(body),
  }));
  expect(got).toEqual({ status: 206, range: 'bytes 1-2/3', text: 'bc' });
});

test('a stream may be silent for as long as it is given, and has trailers at its end', async () => {
  const { server, client } = await start({ timeoutMs: 50 });
  server.script = (_, response) => {
    response.writeHead(200, { trailer: 'why' }).write('begins');
    setTimeout(() => response.addTrailers({ why: 'over' }), 200);
    setTimeout(() => response.end(), 200);
  };
  const request = { method: 'GET', path: '/', timeoutMs: 10_000 } as const;
  const got = await client.stream(request, async ({ trailers }, body) => [await textOf(body), trailers()]);
  expect(got).toEqual(['begins', { why: 'over' }]);
});

test('a stream that breaks off is the connection that failed', async () => {
  const { server, client } = await start();
  server.script = (_, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('only this');
    setImmediate(() => response.destroy());
  };
  const broken = client.stream({ method: 'GET', path: '/' }, async (_, body) => await textOf(body));
  await expect(broken).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
});

test('a failure of the receiver is its own, and ends the download', async () => {
  const { server, client } = await start();
  server.script = (_, response) =>
    response.writeHead(200, { 'content-length': 1e9 }).write(Buffer.alloc(1000));
  const full = new Error('no space left');
  const failing = client.stream({ method: 'GET', path: '/' }, () => Promise.reject(full));
  await expect(failing).rejects.toBe(full);
  await waitFor(() => server.connections === 0, { what: 'the connection to be gone' });
});

test('of an endless error only the beginning is read', async () => {
  const { server, client } = await start();
  server.script = (_, response) => {
    response.writeHead(500);
    Readable.from(flood())
      .on('error', () => undefined)
      .pipe(response);
  };
  const text = await client.stream({ method: 'GET', path: '/' }, async (_, body) => await textOf(body));
  expect(text.length).toBeLessThan(300_000);
});

/** Far more than anybody reads, but not for ever. */
function* flood(): Generator<Buffer> {
  for (let sent = 0; sent < 1000; sent++) yield Buffer.alloc(65_536, 'x');
}
