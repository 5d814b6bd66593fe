import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { openListener } from '../../../../src/server/listener/open-listener.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openOwnAuthority } from '../../../support/own-authority.ts';
import { OwnListener } from '../../../support/own-listener.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

const onEnd = useCleanup();

async function handshake(server: OwnListener, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: server.port,
    servername: 'localhost',
    ca: server.root,
    ...options,
  });
  onEnd(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

describe('TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s is spoken, with a certificate that the root vouches for',
    async (version) => {
      const server = await OwnListener.open(onEnd);
      const socket = await handshake(server, { minVersion: version, maxVersion: version });
      expect([socket.getProtocol(), socket.authorized]).toEqual([version, true]);
    },
  );

  test('TLS 1.1 is not', async () => {
    const server = await OwnListener.open(onEnd);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(handshake(server, old)).rejects.toThrow();
  });

  test('a client that can do HTTP/2 gets HTTP/1.1, which WebSocket needs', async () => {
    const server = await OwnListener.open(onEnd);
    const socket = await handshake(server, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).toBe('http/1.1');
  });
});

test('a GET request may have a body', async () => {
  const server = await OwnListener.open(onEnd);
  const { status } = await server.ask({ headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
  expect(status).toBe(200);
});

test('whoever is slow is not waited for', async () => {
  const { listener } = await OwnListener.open(onEnd);
  const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = listener.app.server;
  expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout }).toEqual({
    headersTimeout: 20_000,
    requestTimeout: 300_000,
    keepAliveTimeout: 60_000,
    timeout: 360_000,
  });
});

describe('a place that cannot be listened on', () => {
  test('because the port is taken, is said to be, with the port', async () => {
    const { port } = await OwnListener.open(onEnd);
    await expect(OwnListener.open(onEnd, { port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(`Port ${port} `) as unknown,
    });
  });

  test('because the address is not ours, is said to be', async () => {
    await expect(OwnListener.open(onEnd, { host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Cannot listen on "192.0.2.1", port 0',
    });
  });

  test('leaves nothing open', async () => {
    const { ca } = await openOwnAuthority(onEnd);
    const options = {
      certificateAuthority: ca,
      names: ['localhost'],
      clock: new SettableClock(),
      log: silentLogger,
    };
    const listener = await openListener({ ...options, host: '192.0.2.1', port: 0 });
    await expect(listener.listen()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(listener.close()).resolves.toBeUndefined();
  });
});

describe('closing', () => {
  test('lets a running request end, and takes no new connection', async () => {
    const { server, answer, release } = await withHeldRequest(5_000);
    const closing = server.listener.close();
    await expect(server.ask()).rejects.toThrow();
    release();
    await closing;
    expect(await answer).toBe(200);
  });

  test('ends what takes too long, upgraded connections too', async () => {
    const { server, answer } = await withHeldRequest(50);
    server.listener.onUpgrade('/socket', () => undefined);
    const upgrade = server.ask({ path: '/socket', headers: { connection: 'Upgrade', upgrade: 'websocket' } });
    const ends = Promise.allSettled([answer, upgrade]);
    await once(server.listener.app.server, 'upgrade');
    await server.listener.close();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

test('behind a proxy the port speaks plain HTTP', async () => {
  const server = await OwnListener.open(onEnd, { behindProxy: { trustedAddresses: ['127.0.0.1'] } });
  const socket = connectPlain(server.port, '127.0.0.1');
  onEnd(() => socket.destroy());
  socket.write('GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
});

/** A server with a request that waits until it is released. */
async function withHeldRequest(
  closeDeadlineMs: number,
): Promise<{ server: OwnListener; answer: Promise<number | undefined>; release: () => void }> {
  const server = await OwnListener.open(onEnd, { closeDeadlineMs });
  const request = httpsRequest({
    host: '127.0.0.1',
    port: server.port,
    path: '/held',
    ca: server.root,
    agent: false,
    servername: 'localhost',
  });
  const answer = once(request, 'response').then(([response]) => {
    (response as { resume: () => void }).resume();
    return (response as { statusCode: number }).statusCode;
  });
  request.end();
  const release = await server.held;
  return { server, answer, release };
}
