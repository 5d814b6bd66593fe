import { describe, expect, test } from '@jest/globals';
import { connect } from '../../../../src/agent/checkin/connect.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { CheckinServer, type CheckinServerOptions } from '../../../support/checkin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { readWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();

async function connectTo(server: CheckinServer, signal = new AbortController().signal) {
  const credentials = await server.http.credentials();
  const connection = await connect({
    serverUrl: server.http.url,
    credentials,
    userAgent: 'test/1',
    clock: systemClock,
    signal,
  });
  onEnd(() => connection.socket.terminate());
  return connection;
}

test('the upgrade shows the certificate and asks for protocol 2, and for nothing that an original would stumble over', async () => {
  const server = await CheckinServer.start(onEnd);
  await connectTo(server);
  const [checkin] = server.checkins;
  expect(checkin).toMatchObject({
    peer: 'agent-1',
    alpn: 'http/1.1',
    headers: { 'commander-protocol': '2', 'user-agent': 'test/1' },
  });
  expect(checkin?.headers['sec-websocket-extensions']).toBeUndefined();
  expect(checkin?.headers['sec-websocket-protocol']).toBeUndefined();
});

test.each([1, 2] as const)('the answer tells protocol %d', async (protocol) => {
  const server = await CheckinServer.start(onEnd, { protocol });
  expect((await connectTo(server)).protocol).toBe(protocol);
});

test.each([
  ['nothing', [], 0],
  ['so many seconds', ['Commander-Return-Spread: 300'], 300_000],
  ['more than anybody may ask for', ['Commander-Return-Spread: 999999'], 3_600_000],
  ['nonsense', ['Commander-Return-Spread: -1'], 0],
])('the answer says over how long to spread a return: %s', async (_what, headers, spreadMs) => {
  const server = await CheckinServer.start(onEnd, { headers });
  expect((await connectTo(server)).spreadMs).toBe(spreadMs);
});

describe('an answer that is no upgrade', () => {
  const page = readWire('nginx/502.html');

  test.each<[string, string, object]>([
    [
      'a proxy whose server is down',
      `HTTP/1.1 502 Bad Gateway\r\n\r\n${page}`,
      { code: 'SERVER_ERROR', retryable: true },
    ],
    [
      'a busy server',
      'HTTP/1.1 503 Busy\r\nRetry-After: 30\r\n\r\n',
      { code: 'SERVER_ERROR', retryAfterMs: 30_000 },
    ],
    ['no certificate', 'HTTP/1.1 403 Forbidden\r\n\r\n', { code: 'SERVER_REFUSED', retryable: true }],
    [
      'an expired certificate',
      'HTTP/1.1 400 Bad Request\r\nCommander-Certificate: expired\r\n\r\n',
      { code: 'SERVER_REFUSED', message: expect.stringMatching(/status 400; our certificate is expired$/) },
    ],
    [
      'a revoked one',
      'HTTP/1.1 400 Bad Request\r\nCommander-Certificate: revoked\r\n\r\n',
      { code: 'CERTIFICATE_REVOKED' },
    ],
    ['something else altogether', 'SSH-2.0-OpenSSH\r\n\r\n', { code: 'SERVER_UNREACHABLE', retryable: true }],
    ['nothing', '', { code: 'SERVER_UNREACHABLE', retryable: true }],
  ])('%s', async (_, answer, error) => {
    const intercept: CheckinServerOptions['intercept'] = (stream) => {
      stream.end(answer);
      return true;
    };
    const server = await CheckinServer.start(onEnd, { intercept });
    await expect(connectTo(server)).rejects.toMatchObject(error);
    await waitFor(() => server.http.connections === 0, { what: 'the connection to be gone' });
  });
});

test('another server than ours is not told who we are', async () => {
  const server = await CheckinServer.start(onEnd);
  const other = await CheckinServer.start(onEnd);
  const credentials = await other.http.credentials();
  const { signal } = new AbortController();
  const connecting = connect({
    serverUrl: server.http.url,
    credentials,
    userAgent: 'x',
    clock: systemClock,
    signal,
  });
  await expect(connecting).rejects.toMatchObject({ message: expect.stringContaining('did not sign') });
  expect(server.upgrades).toBe(0);
});

test('an opening that takes long can be given up', async () => {
  const stop = new AbortController();
  const server = await CheckinServer.start(onEnd, { intercept: () => true });
  const connecting = connectTo(server, stop.signal);
  await Promise.race([waitFor(() => server.upgrades === 1, { what: 'the upgrade' }), connecting]);
  stop.abort(new Stopped('shutdown'));
  await expect(connecting).rejects.toEqual(new Stopped('shutdown'));
  await waitFor(() => server.http.connections === 0, { what: 'the connection to be gone' });
});
