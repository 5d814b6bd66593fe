import { mkdirSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  installService,
  reportService,
  startService,
  stopService,
  uninstallService,
} from '../../../src/agent/service-control.ts';
import type {
  ServiceAnswer,
  ServiceDefinition,
  Unsupported,
} from '../../../src/platform/service/service-manager.ts';
import { takeInstanceLock } from '../../../src/store/single-instance-lock.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const onEnd = useCleanup();
const NONE: Unsupported = { kind: 'unsupported', advice: 'Use cron' };
const SELF = { executablePath: '/opt/agent', leadingArgs: [] };

function answering(answer: ServiceAnswer): () => Promise<ServiceAnswer> {
  return () => Promise.resolve(answer);
}

const changed = answering({ kind: 'done', changed: true });
const unchanged = answering({ kind: 'done', changed: false });
const unsupported = answering(NONE);

describe('installing', () => {
  test('carries what was typed into the service, with paths that lead there from anywhere', async () => {
    let seen: ServiceDefinition | undefined;
    const install = (definition: ServiceDefinition): Promise<ServiceAnswer> => {
      seen = definition;
      return changed();
    };
    const flags = { stateDir: 'here', config: 'c.json', logLevel: 'debug' };
    const order = { manager: { install }, self: SELF, flags, stateDir: resolve('here') };
    expect(await installService(order)).toEqual({ changed: true });
    expect(seen).toEqual({
      program: ['/opt/agent'],
      options: ['--state-dir', resolve('here'), '--config', resolve('c.json'), '--log-level', 'debug'],
      stateDir: resolve('here'),
    });
  });

  test('from sources runs the script', async () => {
    const programs: (readonly string[])[] = [];
    const install = ({ program, options }: ServiceDefinition): Promise<ServiceAnswer> => {
      programs.push(program, options);
      return unchanged();
    };
    const self = { executablePath: '/bin/node', leadingArgs: ['/src/agent.ts'] };
    expect(await installService({ manager: { install }, self, flags: {}, stateDir: '/s' })).toEqual({
      changed: false,
    });
    expect(programs).toEqual([['/bin/node', '/src/agent.ts'], []]);
  });
});

test('where there is no service manager, the error says what to do instead', async () => {
  const manager = { install: unsupported, uninstall: unsupported, start: unsupported, stop: unsupported };
  const platform = { defaultStateDir: () => '/s' };
  for (const change of [
    installService({ manager, self: SELF, flags: {}, stateDir: '/s' }),
    uninstallService({ manager, platform, stateDir: '/s', purge: false }),
    startService(manager),
    stopService(manager),
  ])
    await expect(change).rejects.toMatchObject({ code: 'UNSUPPORTED', message: 'Use cron' });
});

test('starting and stopping tell whether they changed something', async () => {
  expect(await startService({ start: changed })).toEqual({ changed: true });
  expect(await stopService({ stop: unchanged })).toEqual({ changed: false });
});

describe('uninstalling', () => {
  const OWN_DIRS = 'archives identity/pair-1 jobs logs native requests services/web versions'.split(' ');

  function makeState(...strangers: string[]): string {
    const stateDir = join(makeTempDir(onEnd), 'Agent', 'state');
    for (const dir of OWN_DIRS) mkdirSync(join(stateDir, dir), { recursive: true });
    for (const file of ['state.db', 'state.db-wal', 'state.db.damaged-2026', 'logs/agent.log', ...strangers])
      writeFileSync(join(stateDir, file), '');
    return stateDir;
  }

  async function uninstall(
    stateDir: string,
    options: { purge?: boolean; usual?: string } = {},
  ): Promise<unknown> {
    const { purge = true, usual = '/elsewhere' } = options;
    const platform = { defaultStateDir: () => usual };
    return await uninstallService({ manager: { uninstall: unchanged }, platform, stateDir, purge });
  }

  test('leaves the state, for an agent that comes back', async () => {
    const stateDir = makeState();
    expect(await uninstall(stateDir, { purge: false })).toEqual({ changed: false });
    expect(existsSync(join(stateDir, 'identity'))).toBe(true);
  });

  test('and purging removes that as well', async () => {
    const stateDir = makeState();
    expect(await uninstall(stateDir)).toEqual({ changed: true, removedDir: stateDir });
    expect(existsSync(stateDir)).toBe(false);
    expect(await uninstall(stateDir)).toEqual({ changed: false });
  });

  test('says so, too, when there is no state to purge', async () => {
    const platform = { defaultStateDir: () => '/elsewhere' };
    const order = { manager: { uninstall: changed }, platform, stateDir: '/nowhere', purge: true };
    expect(await uninstallService(order)).toEqual({ changed: true });
  });

  test('keeps what is not the agent’s', async () => {
    const stateDir = makeState('thesis.odt');
    await uninstall(stateDir);
    expect(readdirSync(stateDir)).toEqual(['thesis.odt']);
  });

  test('removes the product’s folder above the usual one, if nothing else is in it', async () => {
    const [first, second] = [makeState(), makeState()];
    await uninstall(first, { usual: first });
    await uninstall(second);
    expect([existsSync(dirname(first)), existsSync(dirname(second))]).toEqual([false, true]);
  });

  test('not under an agent that runs', async () => {
    const stateDir = makeState();
    const lock = takeInstanceLock(join(stateDir, 'agent.lock'));
    onEnd(() => lock?.release());
    await expect(uninstall(stateDir)).rejects.toMatchObject({ code: 'AGENT_ALREADY_RUNNING' });
    expect(existsSync(join(stateDir, 'identity'))).toBe(true);
  });

  test('purges also where there is no service manager', async () => {
    const stateDir = makeState();
    const platform = { defaultStateDir: () => '/elsewhere' };
    const order = { manager: { uninstall: unsupported }, platform, stateDir, purge: true };
    expect(await uninstallService(order)).toEqual({ changed: true, removedDir: stateDir });
  });
});

test('the report is what the service manager says, or that there is none', async () => {
  const state = { manager: 'systemd', state: 'running', startsAtBoot: true, pid: 42 } as const;
  expect(await reportService({ status: () => Promise.resolve({ kind: 'state', ...state }) })).toEqual(state);
  expect(await reportService({ status: () => Promise.resolve(NONE) })).toEqual({
    ...{ manager: 'none', state: 'not-installed', startsAtBoot: false, advice: 'Use cron' },
  });
});
