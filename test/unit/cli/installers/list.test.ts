import { expect, test } from '@jest/globals';
import type { InstallerView } from '../../../../src/protocol/schemas/admin/installers.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleInstaller } from '../../../support/sample-installers.ts';

const onEnd = useCleanup();

async function list(installers: InstallerView[], ...flags: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/installers', { json: { installers } });
  return await run(['installers', 'list', ...flags]);
}

const installers = ['commander-agent_1.0.0_amd64.deb', 'commander-agent-win-x64.exe'].map((name) =>
  sampleInstaller(name),
);

test('each installer is a row that says what it is for', async () => {
  const { stdout } = await list(installers);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 6))).toEqual([
    ['NAME', 'OS', 'ARCH', 'FORMAT', 'VERSION', 'SIZE'],
    ['commander-agent_1.0.0_amd64.deb', 'linux', 'x64', 'deb', '1.0.0', '31 B'],
    ['commander-agent-win-x64.exe', 'windows', 'x64', 'executable', '-', '27 B'],
    [''],
  ]);
});

test('--json prints them as the server says', async () => {
  expect(JSON.parse((await list(installers, '--json')).stdout)).toEqual({ installers });
});

test('of none, there is a hint and no table', async () => {
  expect(await list([])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'There are no installers; add some with: commander installers add FILE\n',
  });
});
