import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Launchd } from '../../../../src/platform/service/launchd.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { RecordedCommands } from '../../../support/recorded-commands.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const DEFINITION = { program: ['/opt/agent'], options: ['--config', '/c'], stateDir: '/s' };
const TARGET = 'system/org.commander-framework.agent';
const CHANGES = /launchctl (?!print)/;
const RUNNING = `${TARGET} = {\n\tactive count = 1\n\tstate = running\n\n\tprogram = /opt/agent\n\tpid = 42\n}`;
const LOADED = `${TARGET} = {\n\tactive count = 0\n\tstate = not running\n}`;
const NOT_LOADED = { code: 113, output: 'Could not find service' };

function makeLaunchd(
  prints: string | typeof NOT_LOADED = NOT_LOADED,
  isAdmin = true,
): {
  launchd: Launchd;
  commands: RecordedCommands;
  plistPath: string;
} {
  const rootDir = makeTempDir(onEnd);
  const plistPath = join(rootDir, 'Library/LaunchDaemons/org.commander-framework.agent.plist');
  mkdirSync(dirname(plistPath), { recursive: true });
  const commands = new RecordedCommands([[/ print /, prints]]);
  return { launchd: new Launchd({ rootDir, isAdmin, run: commands.run }), commands, plistPath };
}

test('installing writes the daemon, and allows it if it had been disabled; again changes nothing', async () => {
  const { launchd, commands, plistPath } = makeLaunchd();
  expect(await launchd.install(DEFINITION)).toEqual({ kind: 'done', changed: true });
  const words = [...readFileSync(plistPath, 'utf8').matchAll(/^ {4}<string>(.*)<\/string>$/gm)];
  expect(words.map(([, word]) => word)).toEqual(['/opt/agent', 'service', 'run', '--config', '/c']);
  expect(await launchd.install(DEFINITION)).toEqual({ kind: 'done', changed: false });
  expect(commands.taken(CHANGES)).toEqual([`launchctl enable ${TARGET}`]);
});

test('starting loads it, or kicks it when it is loaded and does not run', async () => {
  const { launchd, commands, plistPath } = makeLaunchd();
  await launchd.install(DEFINITION);
  commands.taken(/./);
  expect(await launchd.start()).toEqual({ kind: 'done', changed: true });
  commands.answers = [[/ print /, LOADED]];
  await launchd.start();
  commands.answers = [[/ print /, RUNNING]];
  expect(await launchd.start()).toEqual({ kind: 'done', changed: false });
  expect(commands.taken(CHANGES)).toEqual([
    `launchctl bootstrap system ${plistPath}`,
    `launchctl kickstart ${TARGET}`,
  ]);
});

test('stopping unloads it, as launchd would start it again otherwise', async () => {
  const { launchd, commands } = makeLaunchd(RUNNING);
  await launchd.install(DEFINITION);
  commands.taken(/./);
  expect(await launchd.stop()).toEqual({ kind: 'done', changed: true });
  commands.answers = [[/ print /, NOT_LOADED]];
  expect(await launchd.stop()).toEqual({ kind: 'done', changed: false });
  expect(commands.taken(CHANGES)).toEqual([`launchctl bootout ${TARGET}`]);
});

test('uninstalling unloads it and removes the daemon; again changes nothing', async () => {
  const { launchd, commands, plistPath } = makeLaunchd(RUNNING);
  await launchd.install(DEFINITION);
  commands.taken(/./);
  expect(await launchd.uninstall()).toEqual({ kind: 'done', changed: true });
  commands.answers = [[/ print /, NOT_LOADED]];
  expect(await launchd.uninstall()).toEqual({ kind: 'done', changed: false });
  expect(commands.taken(CHANGES)).toEqual([`launchctl bootout ${TARGET}`]);
  expect(existsSync(plistPath)).toBe(false);
});

test('what is not installed can neither be started nor stopped', async () => {
  const { launchd } = makeLaunchd();
  for (const change of [launchd.start(), launchd.stop()])
    await expect(change).rejects.toMatchObject({ code: 'SERVICE_NOT_INSTALLED' });
});

test.each([
  [RUNNING, { state: 'running', pid: 42 }],
  [LOADED, { state: 'stopped' }],
  [NOT_LOADED, { state: 'stopped' }],
])('of %j it tells the state', async (prints, told) => {
  const { launchd, commands } = makeLaunchd();
  expect(await launchd.status()).toMatchObject({ state: 'not-installed', startsAtBoot: false });
  await launchd.install(DEFINITION);
  commands.answers = [[/ print /, prints]];
  const common = { kind: 'state', manager: 'launchd', startsAtBoot: true };
  expect(await launchd.status()).toEqual({ ...common, ...told });
});

test('only root can change it', async () => {
  const { launchd, commands } = makeLaunchd(NOT_LOADED, false);
  for (const change of [launchd.install(DEFINITION), launchd.uninstall(), launchd.start(), launchd.stop()])
    await expect(change).rejects.toMatchObject({ code: 'ADMIN_REQUIRED' });
  expect(commands.lines).toEqual([]);
});
