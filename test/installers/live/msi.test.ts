import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildMsi } from '../../../build/installers/windows/msi.ts';
import { koffiForWindows } from '../../../build/installers/windows/koffi.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { buildContext } from '../support/build-context.ts';
import { describeUnless } from '../support/describe-with.ts';
import { WineMachine, whyNoWine } from '../support/wine-machine.ts';
import { packWindowsAgent } from '../support/windows-agent.ts';

const FOLDER = 'Program Files/Commander Agent';
const TOKEN = 'cmdr1.WyJodHRwczovL3MiXQ.AbCd_-';

/** Wine has no event log, no policies and never restarts a service; what is told here is told by its installer and service manager. */
describeUnless(whyNoWine(), 'an MSI under wine', () => {
  const cleanups: Cleanup[] = [];
  const packages: Record<string, string> = {};
  let wine: WineMachine;

  beforeAll(async () => {
    const dir = makeTempDir((cleanup) => cleanups.push(cleanup));
    wine = await WineMachine.start();
    cleanups.push(async () => await wine.end());
    const koffiPath = await koffiForWindows();
    for (const version of ['1.0.0', '1.0.1']) {
      const executablePath = await packWindowsAgent(version, dir);
      const order = { executablePath, koffiPath, signer: undefined };
      packages[version] = wine.take(buildMsi(order, buildContext(`${dir}/${version}`, { version })));
    }
  }, 300_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  function msiexec(action: '/i' | '/x', version: string, ...properties: string[]): number {
    return wine.run('msiexec', action, packages[version] ?? '', '/qn', ...properties).code;
  }

  /** What agents were asked to do since this was last called. */
  function asked(): { version: string; argv: string[] }[] {
    const path = wine.pathOf('agent.log');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    rmSync(path, { force: true });
    return lines.map((line) => JSON.parse(line) as { version: string; argv: string[] });
  }

  function serviceState(): string {
    return /STATE\s*:\s*\d+\s+(\w+)/.exec(wine.run('sc', 'query', 'CommanderAgent').output)?.[1] ?? 'none';
  }

  function registered(key: string, value: string): string {
    return wine.run('reg', 'query', key, '/v', value).output;
  }

  test('a token that the server refuses takes everything back', () => {
    expect(msiexec('/i', '1.0.0', 'TOKEN=refused')).not.toBe(0);
    expect(existsSync(wine.pathOf(FOLDER))).toBe(false);
    expect(serviceState()).toBe('none');
    expect(asked()[0]?.argv).toEqual(['enroll', '--if-needed', '--token', 'refused']);
  });

  test('installed silently with a token, it enrols with it, and then its service runs', () => {
    expect(msiexec('/i', '1.0.0', `TOKEN=${TOKEN}`)).toBe(0);
    expect(asked()).toEqual([
      { version: '1.0.0', argv: ['enroll', '--if-needed', '--token', TOKEN] },
      { version: '1.0.0', argv: ['service', 'run'] },
    ]);
    expect(serviceState()).toBe('RUNNING');
  });

  test('registers its version and a source of events', () => {
    expect(registered(String.raw`HKLM\Software\Commander\Agent`, 'InstalledVersion')).toContain('1.0.0');
    const source = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\CommanderAgent`;
    expect(registered(source, 'EventMessageFile')).toMatch(
      /REG_EXPAND_SZ\s+%SystemRoot%\\System32\\EventCreate\.exe/,
    );
  });

  test('an upgrade brings the new executable, and its service runs', () => {
    expect(msiexec('/i', '1.0.1')).toBe(0);
    const calls = asked();
    expect(calls.at(-1)).toEqual({ version: '1.0.1', argv: ['service', 'run'] });
    expect(calls.filter(({ argv }) => argv[0] === 'enroll')).toEqual([]);
    expect(serviceState()).toBe('RUNNING');
    expect(registered(String.raw`HKLM\Software\Commander\Agent`, 'InstalledVersion')).toContain('1.0.1');
  });

  test('an older version is refused, and changes nothing', () => {
    expect(msiexec('/i', '1.0.0')).not.toBe(0);
    expect(asked()).toEqual([]);
    expect(serviceState()).toBe('RUNNING');
  });

  test('removed, it has the agent forget this machine, and leaves nothing', () => {
    expect(msiexec('/x', '1.0.1')).toBe(0);
    expect(asked()).toEqual([{ version: '1.0.1', argv: ['service', 'uninstall', '--purge'] }]);
    expect(existsSync(wine.pathOf(FOLDER))).toBe(false);
    expect(serviceState()).toBe('none');
    expect(registered(String.raw`HKLM\Software\Commander\Agent`, 'InstalledVersion')).not.toContain('1.0');
  });

  test('can be told server, key and fingerprint instead', () => {
    const properties = ['SERVER=https://s.example:8443', 'REGISTRATIONKEY=key', 'CAFINGERPRINT=AA:BB:CC'];
    expect(msiexec('/i', '1.0.1', ...properties)).toBe(0);
    expect(asked()[0]?.argv).toEqual([
      ...['enroll', '--if-needed', '--server', 'https://s.example:8443'],
      ...['--registration-key', 'key', '--ca-fingerprint', 'AA:BB:CC'],
    ]);
    expect(msiexec('/x', '1.0.1')).toBe(0);
  });

  test('installed without a word about enrolling, it waits for the policy that says how', () => {
    asked();
    expect(msiexec('/i', '1.0.1')).toBe(0);
    expect(asked()).toEqual([{ version: '1.0.1', argv: ['service', 'run'] }]);
    expect(msiexec('/x', '1.0.1')).toBe(0);
  });
});
