import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isBootedBySystemd, Systemd } from '../../../../src/platform/service/systemd.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { RecordedCommands } from '../../../support/recorded-commands.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const DEFINITION = { program: ['/opt/agent'], options: [], stateDir: '/var/lib/commander-agent' };
const RUNNING = 'LoadState=loaded\nActiveState=active\nMainPID=42\n';
const STOPPED = 'LoadState=loaded\nActiveState=inactive\nMainPID=0\n';
const MISSING = 'LoadState=not-found\nActiveState=inactive\nMainPID=0\n';
/** What changes something. */
const CHANGES = /systemctl(?! show)(?!.*is-enabled)/;

function makeSystemd({ shows = STOPPED, enabled = true, isAdmin = true } = {}): {
  systemd: Systemd;
  commands: RecordedCommands;
  rootDir: string;
  unitPath: string;
} {
  const rootDir = makeTempDir(onEnd);
  const unitPath = join(rootDir, 'etc/systemd/system/commander-agent.service');
  mkdirSync(dirname(unitPath), { recursive: true });
  const commands = new RecordedCommands([
    [/ show /, shows],
    [/is-enabled/, enabled ? 0 : 1],
  ]);
  return { systemd: new Systemd({ rootDir, isAdmin, run: commands.run }), commands, rootDir, unitPath };
}

function addPackage(rootDir: string): void {
  const dir = join(rootDir, 'usr/lib/systemd/system');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'commander-agent.service'), '[Unit]\n');
}

test('systemd is there when it has started the machine', () => {
  const rootDir = makeTempDir(onEnd);
  expect(isBootedBySystemd(rootDir)).toBe(false);
  mkdirSync(join(rootDir, 'run/systemd/system'), { recursive: true });
  expect(isBootedBySystemd(rootDir)).toBe(true);
});

describe('installing', () => {
  test('writes the unit and has systemd read and enable it', async () => {
    const { systemd, commands, unitPath } = makeSystemd({ enabled: false });
    const answer = await systemd.install({ ...DEFINITION, options: ['--log-level', 'debug'] });
    expect(answer).toEqual({ kind: 'done', changed: true });
    expect(readFileSync(unitPath, 'utf8')).toContain('ExecStart=/opt/agent run --log-level debug\n');
    expect(commands.taken(CHANGES)).toEqual([
      'systemctl daemon-reload',
      'systemctl --quiet enable commander-agent.service',
    ]);
  });

  test('again changes nothing, unless the settings are others', async () => {
    const { systemd, commands } = makeSystemd();
    await systemd.install(DEFINITION);
    commands.taken(/./);
    expect(await systemd.install(DEFINITION)).toEqual({ kind: 'done', changed: false });
    expect(commands.taken(CHANGES)).toEqual([]);
    expect(await systemd.install({ ...DEFINITION, options: ['--config', '/c'] })).toMatchObject({
      changed: true,
    });
  });

  test('leaves the unit of a package alone, and enables it', async () => {
    const { systemd, commands, rootDir, unitPath } = makeSystemd({ enabled: false });
    addPackage(rootDir);
    expect(await systemd.install(DEFINITION)).toMatchObject({ changed: true });
    expect(existsSync(unitPath)).toBe(false);
    expect(commands.taken(CHANGES)).toEqual(['systemctl --quiet enable commander-agent.service']);
    await expect(systemd.install({ ...DEFINITION, options: ['--config', '/c'] })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('says what systemd said when that would not', async () => {
    const { systemd, commands } = makeSystemd();
    commands.answers.unshift([/daemon-reload/, { code: 1, output: 'Failed to\nconnect to bus' }]);
    await expect(systemd.install(DEFINITION)).rejects.toMatchObject({
      code: 'SERVICE_MANAGER_FAILED',
      message: '"systemctl daemon-reload" ended with 1: Failed to connect to bus',
    });
  });
});

describe('uninstalling', () => {
  test('stops it, and removes the unit', async () => {
    const { systemd, commands, unitPath } = makeSystemd({ shows: RUNNING });
    await systemd.install(DEFINITION);
    commands.taken(/./);
    expect(await systemd.uninstall()).toEqual({ kind: 'done', changed: true });
    expect(existsSync(unitPath)).toBe(false);
    expect(commands.taken(CHANGES)).toEqual([
      'systemctl --quiet disable --now commander-agent.service',
      'systemctl daemon-reload',
      'systemctl --quiet reset-failed commander-agent.service',
    ]);
  });

  test('what is not there changes nothing', async () => {
    const { systemd, commands } = makeSystemd({ shows: MISSING, enabled: false });
    expect(await systemd.uninstall()).toEqual({ kind: 'done', changed: false });
    expect(commands.taken(CHANGES)).toEqual([]);
  });
});

describe('starting and stopping', () => {
  test('asks systemd, which waits until it is done', async () => {
    const { systemd, commands } = makeSystemd();
    commands.answers = [[/ show /, [STOPPED, RUNNING]]];
    expect(await systemd.start()).toEqual({ kind: 'done', changed: true });
    expect(await systemd.stop()).toEqual({ kind: 'done', changed: true });
    expect(commands.taken(CHANGES)).toEqual([
      'systemctl start commander-agent.service',
      'systemctl stop commander-agent.service',
    ]);
  });

  test('what is so already stays so', async () => {
    expect(await makeSystemd({ shows: RUNNING }).systemd.start()).toMatchObject({ changed: false });
    expect(await makeSystemd({ shows: STOPPED }).systemd.stop()).toMatchObject({ changed: false });
  });

  test('what is not installed is said to be so', async () => {
    const { systemd } = makeSystemd({ shows: MISSING });
    for (const change of [systemd.start(), systemd.stop()])
      await expect(change).rejects.toMatchObject({ code: 'SERVICE_NOT_INSTALLED' });
  });

  test('a start that the missing identity forbade is no success', async () => {
    await expect(makeSystemd({ shows: STOPPED }).systemd.start()).rejects.toMatchObject({
      code: 'NOT_ENROLLED',
    });
  });
});

test.each([
  [RUNNING, { state: 'running', pid: 42 }],
  [STOPPED, { state: 'stopped' }],
  [MISSING, { state: 'not-installed' }],
  ['LoadState=loaded\nActiveState=failed\nMainPID=0\n', { state: 'failed' }],
  ['LoadState=loaded\nActiveState=activating\nMainPID=7\n', { state: 'starting', pid: 7 }],
  ['LoadState=loaded\nActiveState=deactivating\nMainPID=7\n', { state: 'stopping', pid: 7 }],
])('of %j it tells the state', async (shows, told) => {
  expect(await makeSystemd({ shows }).systemd.status()).toEqual({
    ...{ kind: 'state', manager: 'systemd', startsAtBoot: true },
    ...told,
  });
});

test('only root can change it, and everybody look', async () => {
  const { systemd, commands } = makeSystemd({ isAdmin: false });
  for (const change of [systemd.install(DEFINITION), systemd.uninstall(), systemd.start(), systemd.stop()])
    await expect(change).rejects.toMatchObject({ code: 'ADMIN_REQUIRED' });
  expect(commands.lines).toEqual([]);
  expect(await systemd.status()).toMatchObject({ state: 'stopped' });
});
