import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { askProbe } from '../../../../src/agent/services/ask-probe.ts';
import type { Probe } from '../../../../src/protocol/schemas/desired.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const never = new AbortController().signal;

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onEnd(async () => {
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

async function ask(probe: Probe): Promise<string | undefined> {
  return await askProbe(probe, { cwd: makeTempDir(onEnd), env: process.env }, never);
}

test('a port is well when somebody answers there', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await listen(server);
  expect(await ask({ kind: 'tcp', port })).toBeUndefined();
  server.close();
  await once(server, 'close');
  const again = await listen(createServer());
  expect(again).not.toBe(port);
  expect(await ask({ kind: 'tcp', port })).toMatch(/ECONNREFUSED/);
});

test.each<[number, string | undefined]>([
  [200, undefined],
  [302, undefined],
  [404, 'HTTP status 404'],
  [500, 'HTTP status 500'],
])('an HTTP status of %d comes to %j', async (status, answer) => {
  const port = await listen(
    createHttpServer((request, response) => {
      response.writeHead(request.url === '/health' ? status : 418).end('x'.repeat(100_000));
    }),
  );
  expect(await ask({ kind: 'http', port, path: '/health' })).toBe(answer);
});

test('whoever says nothing is waited for no longer than allowed', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const port = await listen(createServer((socket) => sockets.add(socket)));
  onEnd(() => sockets.forEach((socket) => socket.destroy()));
  expect(await ask({ kind: 'http', port, timeoutSeconds: 1 })).toBe('no answer within 1 s');
});

test.each<[string, string | undefined]>([
  ['process.exit(0)', undefined],
  ['process.exit(4)', 'the command exited with code 4'],
  ['process.kill(process.pid, "SIGKILL")', 'the command ended by SIGKILL'],
  ['setInterval(() => {}, 1000)', 'no answer within 1 s'],
])('a command that does %s comes to %j', async (script, answer) => {
  expect(await ask({ kind: 'command', command: [process.execPath, '-e', script], timeoutSeconds: 1 })).toBe(
    answer,
  );
});

test('a command that is not there is no good answer', async () => {
  expect(await ask({ kind: 'command', command: ['./none'] })).toMatch(/ENOENT/);
});

test('a process that runs is well', async () => {
  expect(await ask({ kind: 'process' })).toBeUndefined();
});

test('it stops when it is told to', async () => {
  const stop = new AbortController();
  const asked = askProbe(
    { kind: 'command', command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] },
    { cwd: makeTempDir(onEnd), env: process.env },
    stop.signal,
  );
  stop.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});
