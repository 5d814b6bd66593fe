import type { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { fingerprintOf } from '../../../../src/protocol/fingerprint.ts';
import { parseJoinToken } from '../../../../src/protocol/join-token.ts';
import {
  startServer,
  type RunningServer,
  type ServerOptions,
} from '../../../../src/server/compose/server.ts';
import { isInstanceLockHeld } from '../../../../src/store/single-instance-lock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { OriginalClient } from '../../../support/original-client.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { TestServer } from '../../../support/test-server.ts';

const onEnd = useCleanup();

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    dataDir: makeTempDir(onEnd),
    host: '127.0.0.1',
    port: 0,
    log: silentLogger,
    ...options,
  });
  onEnd(async () => await server.close());
  return server;
}

function clientOf({ url }: RunningServer): OriginalClient {
  return new OriginalClient({ url, rejectUnauthorized: false });
}

describe('the first start', () => {
  test('makes everything in an empty folder, and says the fingerprint and the password of the first admin', async () => {
    const dataDir = join(makeTempDir(onEnd), 'new', 'data');
    const server = await start({ dataDir });
    const client = clientOf(server);
    const { json } = await client.call('GET', '/ca/root-trust');
    expect(server.firstAdmin).toEqual({
      username: 'admin',
      password: expect.stringMatching(/^[\w-]{20,}$/) as unknown,
    });
    expect(server.fingerprint).toBe(fingerprintOf((json as { root: string }).root));
    await expect(client.login('admin', server.firstAdmin?.password ?? '')).resolves.toMatch(/\./);
  });

  test('is over: the next one has the same root, and no password to show', async () => {
    const dataDir = makeTempDir(onEnd);
    const first = await start({ dataDir });
    await first.close();
    const second = await start({ dataDir });
    expect([second.fingerprint, second.firstAdmin]).toEqual([first.fingerprint, undefined]);
    await expect(clientOf(second).login('admin', first.firstAdmin?.password ?? '')).resolves.toMatch(/\./);
  });

  test('that fails has made nothing, and no password that nobody saw', async () => {
    const dataDir = join(makeTempDir(onEnd), 'data');
    const taken = createServer().listen(0, '127.0.0.1');
    onEnd(() => taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(start({ dataDir, port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(existsSync(dataDir)).toBe(false);
    expect((await start({ dataDir })).firstAdmin).toBeDefined();
  });
});

describe('a data folder', () => {
  test('belongs to one server, until that is closed', async () => {
    const dataDir = makeTempDir(onEnd);
    const first = await start({ dataDir });
    await expect(start({ dataDir })).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining(`"${dataDir}"`) as unknown,
    });
    await first.close();
    await expect(start({ dataDir })).resolves.toBeDefined();
  });

  test('is let go of when a start fails', async () => {
    const dataDir = makeTempDir(onEnd);
    await expect(start({ dataDir, host: '192.0.2.1' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(isInstanceLockHeld(join(dataDir, 'lock.db'))).toBe(false);
    expect(readdirSync(dataDir).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  });
});

describe('names', () => {
  async function namesShownBy({ url }: RunningServer): Promise<X509Certificate> {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false });
    onEnd(() => socket.destroy());
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) throw new Error('No certificate was shown');
    return certificate;
  }

  test('the certificate has those that were given beside this machine’s own', async () => {
    const certificate = await namesShownBy(await start({ names: ['a.example', '192.0.2.7'] }));
    expect([
      certificate.checkHost('a.example'),
      certificate.checkHost('localhost'),
      certificate.checkIP('192.0.2.7'),
      certificate.checkIP('127.0.0.1'),
      certificate.checkIP('::1'),
    ]).toEqual(['a.example', 'localhost', '192.0.2.7', '127.0.0.1', '::1']);
  });

  test.each([
    [{}, /^https:\/\/127\.0\.0\.1:\d+$/],
    [{ names: ['a.example', 'b.example'] }, /^https:\/\/a\.example:\d+$/],
    [{ host: '::1' }, /^https:\/\/\[::1\]:\d+$/],
    [{ host: '0.0.0.0', names: ['192.0.2.7'] }, /^https:\/\/192\.0\.2\.7:\d+$/],
    [{ publicUrl: 'https://c.example' }, /^https:\/\/c\.example$/],
    [{ publicUrl: 'https://c.example:444/' }, /^https:\/\/c\.example:444$/],
  ])('with %j the server is at %s', async (options, url) => {
    expect((await start(options)).url).toMatch(url);
  });

  test.each(['c.example', 'http://c.example', 'https://c.example/path', 'https://'])(
    'the public address %j is refused',
    async (publicUrl) => {
      const dataDir = join(makeTempDir(onEnd), 'none');
      await expect(start({ dataDir, publicUrl })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      expect(existsSync(dataDir)).toBe(false);
    },
  );

  test('are what a join token leads to, with the fingerprint', async () => {
    const server = await start({ names: ['localhost'] });
    const client = clientOf(server);
    const token = await client.login('admin', server.firstAdmin?.password ?? '');
    const { json } = await client.call('POST', '/admin/join-tokens', { token });
    expect(parseJoinToken((json as { token: string }).token)).toMatchObject({
      serverUrl: server.url,
      fingerprint: server.fingerprint,
    });
  });
});

describe('closing', () => {
  test('ends check-ins with the code for going away, and frees folder and port', async () => {
    const server = await TestServer.start(onEnd);
    const { client, agentID } = await server.originalAgent('a.example');
    const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
    const [ended] = await Promise.all([checkin.ended, server.running.close()]);
    expect([ended.code, isInstanceLockHeld(join(server.dataDir, 'lock.db'))]).toEqual([1001, false]);
    await expect(client.call('GET', '/ca/root-trust')).rejects.toThrow();
  });

  test('can be asked for twice', async () => {
    const server = await start();
    await Promise.all([server.close(), server.close()]);
    await expect(server.close()).resolves.toBeUndefined();
  });
});

test('a body of 16 MiB is taken, and one byte more is refused before it is understood', async () => {
  const client = clientOf(await start());
  const send = async (bytes: number): Promise<number> => {
    const body = Buffer.alloc(bytes, ' ');
    const headers = { 'content-type': 'application/json' };
    return (await client.call('POST', '/ca/csr', { body, headers })).status;
  };
  expect([await send(16 * 1024 * 1024), await send(16 * 1024 * 1024 + 1)]).toEqual([400, 413]);
});
