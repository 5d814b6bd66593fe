import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SessionFile } from '../../../../src/cli/session/session-file.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { runCommander, type RunOptions } from '../../../support/run-commander.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { TestAuthority } from '../../../support/test-authority.ts';

const onEnd = useCleanup();
const PASSWORD = { env: { COMMANDER_PASSWORD: 's3cret' } };

/** A server with one account, and a machine that has never seen it. */
async function start() {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer('POST /admin/login', ({ body }) => {
    const { username, password } = body as { username: string; password: string };
    if (username !== 'grace' || password !== 's3cret') {
      return { status: 401, body: { error: 'password does not match', code: 'CREDENTIALS_REFUSED' } };
    }
    return { json: { token: 't0k3n' } };
  });
  server.answer('POST /admin/certificate', async ({ body, authorization }) => {
    if (authorization !== 'Bearer t0k3n') return { status: 401 };
    const cert = await server.authority.sign((body as { csr: string }).csr);
    return { json: { cert, roots: [server.authority.rootPem] } };
  });
  const configDir = makeTempDir(onEnd);
  const login = async (argv: string[], options: RunOptions = PASSWORD) =>
    await runCommander(['login', '--username', 'grace', ...argv], configDir, options);
  return { server, configDir, file: new SessionFile(configDir), login };
}

test('a login leaves a certificate for the name and a key that never left', async () => {
  const { server, file, login } = await start();
  const run = await login(['--server', server.url, '--ca-fingerprint', server.fingerprint]);
  expect(run).toEqual({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(`^Logged in to ${server.url} as "grace" until \\d{4}-`),
  });
  const session = file.read();
  expect(session).toMatchObject({ server: server.url, username: 'grace', roots: [server.authority.rootPem] });
  const certificate = new X509Certificate(session?.cert ?? '');
  expect(certificate.subject).toBe('CN=grace');
  expect(certificate.checkPrivateKey(createPrivateKey(session?.key ?? ''))).toBe(true);
  expect(JSON.stringify(server.seen)).not.toContain('PRIVATE KEY');
  expect(createPublicKey(session?.cert ?? '').asymmetricKeyDetails).toMatchObject({
    namedCurve: 'prime256v1',
  });
});

test('the session works for the next command', async () => {
  const { server, configDir, login } = await start();
  await login(['--server', server.url, '--ca-fingerprint', server.fingerprint]);
  server.answer('GET /admin/accounts', { json: { accounts: [] } });
  expect(await runCommander(['accounts', 'list'], configDir)).toMatchObject({ code: 0 });
  expect(server.seen.at(-1)).toMatchObject({ user: 'grace' });
});

test('--json says who is logged in where and until when, and holds no secret', async () => {
  const { server, login } = await start();
  const { stdout } = await login(['--server', server.url, '--ca-fingerprint', server.fingerprint, '--json']);
  expect(JSON.parse(stdout)).toEqual({
    server: server.url,
    username: 'grace',
    expiresAt: expect.stringMatching(/^20.*Z$/),
  });
});

test('the password can be typed', async () => {
  const { server, login } = await start();
  const run = await login(['--server', server.url, '--trust-on-first-use'], { typed: ['s3cret'] });
  expect(run.code).toBe(0);
  expect(run.stderr).toContain(`Password of "grace" at ${server.url}: \n`);
  expect(run.stderr).not.toContain('s3cret');
});

describe('trust', () => {
  test('in a server that nobody vouches for is refused before the password is asked for', async () => {
    const { server, login } = await start();
    const run = await login(['--server', server.url], { typed: [] });
    expect(run).toEqual({
      code: 5,
      stdout: '',
      stderr: expect.stringContaining(
        `Nothing says how to recognise "${server.url}": give the --ca-fingerprint`,
      ),
    });
    expect(server.seen).toEqual([]);
  });

  test('is refused when the fingerprint is another, and the password is not sent', async () => {
    const { server, file, login } = await start();
    const run = await login(['--server', server.url, '--ca-fingerprint', 'ab'.repeat(32)]);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('check that this is your server');
    expect(server.seen.map(({ line }) => line)).toEqual(['GET /ca/root-trust']);
    expect(file.read()).toBeUndefined();
  });

  test('is refused when the fingerprint is none', async () => {
    const { server, login } = await start();
    const run = await login(['--server', server.url, '--ca-fingerprint', 'abc']);
    expect(run).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('"abc" is not a SHA-256 fingerprint'),
    });
  });

  test('is kept from the last session at the same server', async () => {
    const { server, configDir, login } = await start();
    await server.logIn(configDir, { username: 'grace', notAfter: new Date(Date.now() - 1000) });
    const run = await login([]);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining(`Logged in to ${server.url}`) });
    expect(server.seen.map(({ line }) => line)).not.toContain('GET /ca/root-trust');
  });

  test('from the last session does not reach to a server of another authority', async () => {
    const { server, file, login } = await start();
    const { rootPem } = await TestAuthority.create('Other CA');
    const pair = await server.authority.issue('grace');
    file.write({ server: server.url, username: 'grace', roots: [rootPem], ...pair });
    expect(await login([])).toMatchObject({ code: 4, stderr: expect.stringContaining('did not sign') });
    expect(server.seen).toEqual([]);
  });
});

describe('it fails with one sentence', () => {
  test('when the password is wrong, and the old session stays', async () => {
    const { server, configDir, file, login } = await start();
    await server.logIn(configDir);
    const before = file.read();
    const run = await login([], { env: { COMMANDER_PASSWORD: 'wrong' } });
    expect(run).toEqual({
      code: 5,
      stdout: '',
      stderr: 'commander: Cannot log in: password does not match\n',
    });
    expect(file.read()).toEqual(before);
  });

  test('when no server is given', async () => {
    const { login } = await start();
    expect(await login([])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'commander: No server: give --server URL or set COMMANDER_SERVER\n',
    });
  });

  test('when the server is down', async () => {
    const { login } = await start();
    const run = await login(['--server', 'https://127.0.0.1:1', '--trust-on-first-use']);
    expect(run).toEqual({
      code: 4,
      stdout: '',
      stderr: 'commander: Cannot reach "https://127.0.0.1:1": connect ECONNREFUSED 127.0.0.1:1\n',
    });
  });
});

test('a session that cannot be read is replaced', async () => {
  const { server, configDir, file, login } = await start();
  writeFileSync(join(configDir, 'session.json'), '{');
  expect(await login(['--server', server.url, '--trust-on-first-use'])).toMatchObject({ code: 0 });
  expect(file.read()).toMatchObject({ username: 'grace' });
});

test('$COMMANDER_SERVER names the server when --server does not', async () => {
  const { server, login } = await start();
  const env = { ...PASSWORD.env, COMMANDER_SERVER: server.url };
  expect(await login(['--trust-on-first-use'], { env })).toMatchObject({ code: 0 });
});
