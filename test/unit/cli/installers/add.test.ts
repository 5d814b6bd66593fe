import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MAX_INSTALLER_BYTES } from '../../../../src/protocol/version.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleInstaller } from '../../../support/sample-installers.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const NAME = 'commander-agent-linux-x64';
const added = sampleInstaller(NAME);

async function start() {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/installers', { json: added });
  const path = join(makeTempDir(onEnd), NAME);
  writeFileSync(path, 'an executable');
  return { server, run, path };
}

test('each file is sent under its own name, and its hash shown', async () => {
  const { server, run, path } = await start();
  expect(await run(['installers', 'add', path, path])).toEqual({
    code: 0,
    stdout: '',
    stderr: `Added "${NAME}", 25 B, SHA-256 ${added.sha256}\n`.repeat(2),
  });
  const file = { filename: NAME, bytes: Buffer.from('an executable') };
  expect(server.seen.map(({ body }) => body)).toEqual([{ file }, { file }]);
});

test('--json prints what the server made of them', async () => {
  const { run, path } = await start();
  expect(JSON.parse((await run(['installers', 'add', path, '--json'])).stdout)).toEqual({
    installers: [added],
  });
});

test('nothing is sent when one of them is not there', async () => {
  const { server, run, path } = await start();
  const { code, stderr } = await run(['installers', 'add', path, 'nowhere.deb']);
  expect([code, stderr]).toEqual([6, expect.stringContaining('Cannot read "nowhere.deb"')]);
  expect(server.seen).toEqual([]);
});

test('nothing is sent of what is too large for the server', async () => {
  const { server, run, path } = await start();
  truncateSync(path, MAX_INSTALLER_BYTES + 1);
  const { code, stderr } = await run(['installers', 'add', path]);
  expect([code, stderr]).toEqual([3, expect.stringContaining('is larger than 268.4 MB')]);
  expect(server.seen).toEqual([]);
});
