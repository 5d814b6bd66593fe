import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const env = { COMMANDER_PASSWORD: 'secret' };

async function start() {
  const { server, run } = await startLoggedIn(onEnd);
  const { rootPem } = server.authority;
  const { cert } = await server.authority.issue('proxy.example');
  server.answer('POST /admin/login', { json: { token: 'a.b.c' } });
  server.answer('POST /admin/server-certificate', { json: { cert, roots: [rootPem, rootPem] } });
  return { server, run, cert, rootPem, out: join(makeTempDir(onEnd), 'new', 'folder') };
}

test('certificate, key and roots are written, for nobody else to read', async () => {
  const { server, run, cert, rootPem, out } = await start();
  const argv = ['server-certificate', '--name', 'proxy.example', '--name', '192.0.2.7', '--out', out];
  expect(await run(argv, { env })).toEqual({
    code: 0,
    stdout: '',
    stderr: `Wrote ${out}/server.pem, ${out}/server-key.pem, ${out}/root.pem for "proxy.example", "192.0.2.7"\n`,
  });
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  expect([read('server.pem'), read('root.pem')]).toEqual([cert, rootPem + rootPem]);
  expect(createPrivateKey(read('server-key.pem')).asymmetricKeyType).toBe('ec');
  expect(statSync(join(out, 'server-key.pem')).mode & 0o077).toBe(0);
  expect(server.seen.at(-1)).toMatchObject({
    line: 'POST /admin/server-certificate',
    authorization: 'Bearer a.b.c',
    body: {
      csr: expect.stringContaining('BEGIN CERTIFICATE REQUEST'),
      names: ['proxy.example', '192.0.2.7'],
    },
  });
  expect(new X509Certificate(read('server.pem')).subject).toBe('CN=proxy.example');
});

test('the password is asked for anew', async () => {
  const { server, run, out } = await start();
  const file = join(makeTempDir(onEnd), 'password');
  writeFileSync(file, 'typed\n');
  await run(['server-certificate', '--name', 'a', '--out', out, '--password-file', file]);
  expect(server.seen[0]).toMatchObject({
    line: 'POST /admin/login',
    body: { username: 'admin', password: 'typed' },
  });
});

test('--json says where the files are', async () => {
  const { run, out } = await start();
  const { stdout } = await run(['server-certificate', '--name', 'a', '--out', out, '--json'], { env });
  expect(JSON.parse(stdout)).toEqual({
    names: ['a'],
    certificate: join(out, 'server.pem'),
    key: join(out, 'server-key.pem'),
    roots: join(out, 'root.pem'),
  });
});

test('a wrong password leaves no file', async () => {
  const { server, run, out } = await start();
  server.answer('POST /admin/login', { status: 401, body: { error: 'password does not match' } });
  expect((await run(['server-certificate', '--name', 'a', '--out', out], { env })).code).toBe(5);
  expect(() => readdirSync(out)).toThrow('ENOENT');
});

test('a folder that cannot be made is named', async () => {
  const { run, out } = await start();
  writeFileSync(join(out, '../..', 'new'), 'a file');
  const { code, stderr } = await run(['server-certificate', '--name', 'a', '--out', out], { env });
  expect([code, stderr]).toEqual([8, expect.stringContaining(`Cannot write to "${out}"`)]);
});
