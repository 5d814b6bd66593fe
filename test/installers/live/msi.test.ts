import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runTool } from '../../../build/installers/run-tool.ts';
import type { AgentView } from '../../../src/protocol/schemas/admin/fleet.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { PackedWorld } from '../../support/packed-world.ts';
import { waitFor } from '../../support/wait-for.ts';
import { describeUnless } from '../support/describe-with.ts';
import { WineMachine, whyNoWine } from '../support/wine-machine.ts';
import { buildMsiOf, packWindowsAgent } from '../support/windows-packages.ts';

const PROGRAM_DIR = 'Program Files/Commander Agent';
const DATA_DIR = 'ProgramData/Commander Agent';
/** Wine's cmd.exe starts no batch file in a folder with a space in its name. */
const CONFIG = { stateDir: String.raw`C:\agent` };
const PRODUCT_KEY = String.raw`HKLM\Software\Commander\Agent`;
const POLICY_KEY = String.raw`HKLM\Software\Policies\Commander\Agent`;
const EVENT_KEY = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\CommanderAgent`;
/** What a silent installation may take until the server sees the endpoint. */
const CHECK_IN_LIMIT_MS = 10_000;
const JOB = '@echo off\r\necho %~1 ran in %~dp0\r\nexit /b 5\r\n';

/**
 * The real agent, as service of wine's service manager, at a real server. Wine has no event log, never restarts a service, and its sc.exe changes none.
 * The first tests are one story: each begins where the one before it ended.
 */
describeUnless(whyNoWine(), 'an MSI under wine', () => {
  const cleanups: Cleanup[] = [];
  const packages: Record<string, string> = {};
  let world: PackedWorld;
  let wine: WineMachine;

  beforeAll(async () => {
    const agentPath = packWindowsAgent();
    world = new PackedWorld((cleanup) => cleanups.push(cleanup));
    await world.startServer();
    writeFileSync(join(world.dir, 'hello.bat'), JOB);
    await world.addToLibrary(join(world.dir, 'hello.bat'));
    wine = await WineMachine.start();
    cleanups.push(async () => await wine.end());
    for (const version of ['1.0.0', '1.0.1'])
      packages[version] = wine.take(await buildMsiOf(agentPath, version, world.dir));
    mkdirSync(wine.pathOf(DATA_DIR));
    writeFileSync(wine.pathOf(`${DATA_DIR}/config.json`), JSON.stringify(CONFIG));
  }, 300_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  function msiexec(action: '/i' | '/x', version: string, ...properties: string[]): number {
    return wine.run('msiexec', action, packages[version] ?? '', '/qn', ...properties).code;
  }

  /** Tells the installed package what Windows would, and wine does not: that it is removed by a newer one, and has nothing to forget. */
  function keepWhatWasInstalled(): void {
    for (const name of readdirSync(wine.pathOf('windows/Installer')).filter((one) => one.endsWith('.msi')))
      runTool('msibuild', [
        ...[wine.pathOf(`windows/Installer/${name}`), '-q'],
        "UPDATE `InstallExecuteSequence` SET `Condition`='0' WHERE `Action`='Forget'",
      ]);
  }

  function serviceState(): string {
    return /STATE\s*:\s*\d+\s+(\w+)/.exec(wine.run('sc', 'query', 'CommanderAgent').output)?.[1] ?? 'none';
  }

  function registered(key: string, value: string): string {
    return wine.run('reg', 'query', key, '/v', value).output;
  }

  async function connected(): Promise<AgentView> {
    const find = async (): Promise<AgentView | undefined> =>
      (await world.agents()).find((agent) => agent.connected);
    return await waitFor(find, { what: 'the agent to check in', timeoutMs: 30_000, everyMs: 100 });
  }

  async function disconnected(): Promise<void> {
    const isGone = async (): Promise<boolean> => (await world.agents()).every((agent) => !agent.connected);
    await waitFor(isGone, { what: 'the server to see it go' });
  }

  function expectNothingLeft(): void {
    expect(serviceState()).toBe('none');
    for (const dir of [PROGRAM_DIR, DATA_DIR]) expect(existsSync(wine.pathOf(dir))).toBe(false);
    expect(registered(PRODUCT_KEY, 'InstalledVersion')).not.toContain('1.0');
    expect(registered(EVENT_KEY, 'EventMessageFile')).not.toContain('EventCreate');
  }

  test('installed silently with a token, the endpoint checks in within ten seconds', async () => {
    const token = await world.joinToken();
    const startedAt = performance.now();
    expect(msiexec('/i', '1.0.0', `TOKEN=${token}`)).toBe(0);
    const { os } = await connected();
    const elapsedMs = performance.now() - startedAt;

    process.stdout.write(
      `From silent MSI to first check-in, under wine: ${(elapsedMs / 1000).toFixed(1)} s\n`,
    );
    expect(elapsedMs).toBeLessThan(CHECK_IN_LIMIT_MS);
    expect(os).toBe('Windows');
    expect(serviceState()).toBe('RUNNING');
  });

  test('registers its version and a source of events', () => {
    expect(registered(PRODUCT_KEY, 'InstalledVersion')).toContain('1.0.0');
    expect(registered(EVENT_KEY, 'EventMessageFile')).toMatch(
      /REG_EXPAND_SZ\s+%SystemRoot%\\System32\\EventCreate\.exe/,
    );
  });

  test('a batch file runs as a job of the service', async () => {
    const { agentID } = await connected();
    const job = await world.finished(await world.assign('hello.bat', agentID, 'it'));
    expect(job).toMatchObject({ outcome: 'failed', exitCode: 5 });
    expect(job.stdout).toMatch(/^it ran in C:\\agent\\jobs\\.*\\\r\n$/);
  });

  test('an upgrade brings the new version, and the endpoint stays who it is', async () => {
    const { agentID } = await connected();
    keepWhatWasInstalled();
    expect(msiexec('/i', '1.0.1')).toBe(0);
    expect(registered(PRODUCT_KEY, 'InstalledVersion')).toContain('1.0.1');
    await waitFor(() => serviceState() === 'RUNNING', { what: 'the new service' });
    expect((await connected()).agentID).toBe(agentID);
    expect(await world.agents()).toHaveLength(1);
  });

  test('an older version is refused, and changes nothing', () => {
    expect(msiexec('/i', '1.0.0')).not.toBe(0);
    expect(serviceState()).toBe('RUNNING');
    expect(registered(PRODUCT_KEY, 'InstalledVersion')).toContain('1.0.1');
  });

  test('removed, it leaves nothing but what an admin configured', async () => {
    expect(msiexec('/x', '1.0.1')).toBe(0);
    expect(readdirSync(wine.pathOf(DATA_DIR))).toEqual(['config.json']);
    expect(existsSync(wine.pathOf('agent'))).toBe(false);
    rmSync(wine.pathOf(DATA_DIR), { recursive: true });
    expectNothingLeft();
    await disconnected();
  });

  test('can be told server, key and fingerprint instead', async () => {
    const { url, fingerprint } = world.announcement;
    const { registrationKey } = await world.ask<{ registrationKey: string }>('registration-key', 'show');
    const properties = [
      `SERVER=${url}`,
      `REGISTRATIONKEY=${registrationKey}`,
      `CAFINGERPRINT=${fingerprint}`,
    ];
    expect(msiexec('/i', '1.0.0', ...properties)).toBe(0);
    await connected();
    expect(msiexec('/x', '1.0.0')).toBe(0);
    expectNothingLeft();
    await disconnected();
  });

  test('installed without a word about enrolling, it waits for the policy that says how', async () => {
    expect(msiexec('/i', '1.0.0')).toBe(0);
    expect(serviceState()).toBe('RUNNING');
    wine.run('reg', 'add', POLICY_KEY, '/v', 'Token', '/t', 'REG_SZ', '/d', await world.joinToken());
    await connected();
    wine.run('reg', 'delete', POLICY_KEY, '/f');
    expect(msiexec('/x', '1.0.0')).toBe(0);
    await disconnected();
  });

  test('can be given its token by its own command, where no list of processes shows it, as install.ps1 does', async () => {
    expect(msiexec('/i', '1.0.0')).toBe(0);
    const agent = String.raw`"C:\Program Files\Commander Agent\commander-agent.exe"`;
    const lines = [
      ...['@echo off', `set COMMANDER_AGENT_TOKEN=${await world.joinToken()}`],
      ...['enroll --if-needed', 'service stop', 'service start'].map(
        (args) => `${agent} ${args} || exit /b 1`,
      ),
    ];
    writeFileSync(wine.pathOf('join.bat'), lines.join('\r\n'));
    expect(wine.run('cmd', '/c', String.raw`C:\join.bat`).code).toBe(0);
    await connected();
    expect(msiexec('/x', '1.0.0')).toBe(0);
    await disconnected();
  });

  test('a token that the server refuses takes everything back', async () => {
    const token = await world.joinToken();
    await world.commander('registration-key', 'rotate');
    expect(msiexec('/i', '1.0.0', `TOKEN=${token}`)).not.toBe(0);
    expectNothingLeft();
  });
});
