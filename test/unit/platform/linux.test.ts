import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { linuxPlatform } from '../../../src/platform/linux.ts';
import type { HostFacts } from '../../../src/platform/platform.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { fixtureProgram, isAlive } from '../../support/fixture-program.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();
const HOST: HostFacts = { environment: {}, homeDir: '/home/ada', rootDir: '/', isAdmin: false };

function testOnLinux(name: string, run: () => Promise<void>): void {
  if (process.platform === 'linux') test(name, run);
}

test.each<[string, Partial<HostFacts>, string, string]>([
  ['root', { isAdmin: true }, '/var/lib/commander-agent', '/etc/commander-agent/config.json'],
  ['a user', {}, '/home/ada/.local/state/commander-agent', '/home/ada/.config/commander-agent/config.json'],
  [
    'a user with folders of their own',
    { environment: { XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: '/c' } },
    '/s/commander-agent',
    '/c/commander-agent/config.json',
  ],
])('%s has the state and the configuration in the usual places', (_, host, stateDir, configPath) => {
  const platform = linuxPlatform({ ...HOST, ...host });
  expect([platform.defaultStateDir(), platform.defaultConfigPath()]).toEqual([stateDir, configPath]);
});

test.each([
  ['etc/machine-id', '0123456789abcdef0123456789abcdef\n', '0123456789abcdef0123456789abcdef'],
  ['var/lib/dbus/machine-id', 'fedcba9876543210fedcba9876543210', 'fedcba9876543210fedcba9876543210'],
  ['etc/machine-id', 'uninitialized\n', undefined],
  ['etc/machine-id', '', undefined],
  ['etc/other', '', undefined],
])('the machine is known by %s with %j', (path, content, id) => {
  const rootDir = makeTempDir(onEnd);
  mkdirSync(dirname(join(rootDir, path)), { recursive: true });
  writeFileSync(join(rootDir, path), content);
  expect(linuxPlatform({ ...HOST, rootDir }).machineID()).toBe(id);
});

const MARK = { name: 'COMMANDER_JOB', value: '/tmp/commander-test-linux-tree' };

function start(program: string, environment: NodeJS.ProcessEnv = { [MARK.name]: MARK.value }): ChildProcess {
  const child = spawn(process.execPath, [fixtureProgram(program)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
    env: environment,
  });
  onEnd(() => child.kill('SIGKILL'));
  return child;
}

async function firstOutput(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer];
  return chunk.toString();
}

testOnLinux('a tree dies with a daemon that left its session and its parent', async () => {
  const root = start('leaves-daemon.mjs');
  const tree = linuxPlatform(HOST).processTree({ child: root, mark: MARK });
  const daemon = Number(await firstOutput(root));
  await waitFor(() => root.exitCode === 0, { what: 'the end of the root' });
  expect(isAlive(daemon)).toBe(true);
  await expect(tree.kill(5_000)).resolves.toEqual({ survivors: [] });
  expect(isAlive(daemon)).toBe(false);
});

testOnLinux('after a restart of ours its processes are found by the mark alone, and no others', async () => {
  const [ours, others] = [start('ticks.mjs'), start('ticks.mjs', { [MARK.name]: `${MARK.value}-2` })];
  await Promise.all([firstOutput(ours), firstOutput(others)]);
  await linuxPlatform(HOST).processTree({ mark: MARK }).kill(5_000);
  expect([isAlive(ours.pid ?? 0), isAlive(others.pid ?? 0)]).toEqual([false, true]);
});

testOnLinux('asking lets a program clean up', async () => {
  const root = start('ends-when-asked.mjs');
  const tree = linuxPlatform(HOST).processTree({ child: root, mark: MARK });
  await firstOutput(root);
  await tree.ask();
  await waitFor(() => root.exitCode === 0, { what: 'the end of the program' });
});
