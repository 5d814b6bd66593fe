import { expect, test } from '@jest/globals';
import type { Peer } from '../../../../src/server/listener/peer.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { OwnListener } from '../../../support/own-listener.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();
const WEBSOCKET = { connection: 'Upgrade', upgrade: 'websocket' };
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

async function open(): Promise<{ server: OwnListener; seen: Peer[] }> {
  const server = await OwnListener.open(onEnd);
  const seen: Peer[] = [];
  for (const path of ['/agent/socket', '/socket']) {
    server.listener.onUpgrade(path, ({ socket, peer }) => {
      seen.push(peer);
      socket.end(SWITCH);
    });
  }
  return { server, seen };
}

test('an upgrade reaches who takes its path, with the name of its peer', async () => {
  const { server, seen } = await open();
  const pair = await server.agent('a-7');
  const { status } = await server.ask({ path: '/agent/socket?x=1', headers: WEBSOCKET, ...pair });
  expect([status, seen]).toMatchObject([101, [{ kind: 'agent', subject: 'a-7' }]]);
});

test('outside /agent no certificate is needed', async () => {
  const { server, seen } = await open();
  const { status } = await server.ask({ path: '/socket', headers: WEBSOCKET });
  expect([status, seen]).toEqual([101, [{ kind: 'none' }]]);
});

test('an upgrade without a certificate is refused like a request', async () => {
  const { server, seen } = await open();
  const { status, text } = await server.ask({ path: '/agent/socket', headers: WEBSOCKET });
  expect([status, text, seen]).toEqual([403, expect.stringContaining('403 Forbidden'), []]);
});

test.each(['/agent/socket', '/socket'])(
  'an upgrade of %s with a wrong certificate is refused like a request',
  async (path) => {
    const { server, seen } = await open();
    const stranger = await (await TestAuthority.create()).issue('x');
    const { status, text, headers } = await server.ask({ path, headers: WEBSOCKET, ...stranger });
    expect([status, headers['commander-certificate'], seen]).toEqual([400, 'untrusted', []]);
    expect(text).toContain('The SSL certificate error');
  },
);

test.each([
  ['of a path that nobody takes', '/who', WEBSOCKET],
  ['to another protocol', '/who', { connection: 'Upgrade', upgrade: 'h2c' }],
])('an upgrade %s is answered as a plain request', async (_what, path, headers) => {
  const { server } = await open();
  expect(await server.ask({ path, headers })).toMatchObject({ status: 200, text: '{"kind":"none"}' });
});
