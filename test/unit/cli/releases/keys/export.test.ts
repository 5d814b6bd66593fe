import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { useCleanup } from '../../../../support/cleanup.ts';
import { startLoggedIn, type LoggedIn } from '../../../../support/logged-in.ts';
import { ReleaseWorld } from '../../../../support/release-world.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';
import type { ExportedKeys } from '../../../../../src/protocol/schemas/releases.ts';

const onEnd = useCleanup();
const env = { COMMANDER_PASSWORD: 'secret' };
let at: LoggedIn;
let keys: ExportedKeys['keys'];
let out: string;

beforeEach(async () => {
  at = await startLoggedIn(onEnd);
  keys = new ReleaseWorld(onEnd).open().exportKeys(['root', 'targets']);
  out = join(makeTempDir(onEnd), 'new', 'folder');
  at.server.answer('POST /admin/login', { json: { token: 'a.b.c' } });
  at.server.answer('POST /admin/releases/keys/export', { json: { keys } });
  at.server.answer('DELETE /admin/releases/keys', { json: { success: 'keys removed' } });
});

const exportKeys = async (to = out) =>
  await at.run(['releases', 'keys', 'export', '--role', 'root', '--role', 'targets', '--out', to], { env });

test('keys are written for nobody else to read, and only then leave the server', async () => {
  let writtenBefore: string[] = [];
  at.server.answer('DELETE /admin/releases/keys', () => {
    writtenBefore = readdirSync(out).sort();
    return { json: { success: 'keys removed' } };
  });
  const names = keys.map(({ role, keyID }) => `${role}-${keyID.slice(0, 8)}.pem`);
  expect(await exportKeys()).toEqual({
    code: 0,
    stdout: '',
    stderr: `Wrote ${names.map((name) => join(out, name)).join(', ')}; the server has them no more\n`,
  });
  expect(writtenBefore).toEqual(names.toSorted());
  for (const [at, name] of names.entries()) {
    expect(readFileSync(join(out, name), 'utf8')).toBe(keys[at]?.privateKey);
    expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
  }
  expect(at.server.seen.map(({ line, authorization }) => [line, authorization])).toEqual([
    ['POST /admin/login', undefined],
    ['POST /admin/releases/keys/export', 'Bearer a.b.c'],
    ['DELETE /admin/releases/keys', 'Bearer a.b.c'],
  ]);
  expect(at.server.seen.at(-1)?.body).toEqual({ keyIDs: keys.map(({ keyID }) => keyID) });
});

test('keys that cannot be written stay on the server', async () => {
  writeFileSync(join(out, '..', '..', 'file'), '');
  const { code, stderr } = await exportKeys(join(out, '..', '..', 'file'));
  expect([code, stderr]).toEqual([8, expect.stringContaining('the keys stay on the server')]);
  expect(at.server.seen.map(({ line }) => line)).not.toContain('DELETE /admin/releases/keys');
});
