import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cleanup } from '../../support/cleanup.ts';
import { waitFor } from '../../support/wait-for.ts';
import { describeUnless } from '../support/describe-with.ts';
import { WineMachine, whyNoWine } from '../support/wine-machine.ts';
import { packWindowsAgent } from '../support/windows-packages.ts';

const STATE = String.raw`C:\the state`;
const POLICY_KEY = String.raw`HKLM\Software\Policies\Commander\Agent`;

/** The tests below are one story: each begins where the one before it ended. */
describeUnless(whyNoWine(), 'a lone executable that makes itself a service of Windows, under wine', () => {
  const cleanups: Cleanup[] = [];
  let wine: WineMachine;
  let agentPath: string;

  beforeAll(async () => {
    const packedPath = packWindowsAgent();
    wine = await WineMachine.start();
    cleanups.push(async () => await wine.end());
    agentPath = wine.take(packedPath);
  }, 300_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  function service(...argv: string[]): { code: number; output: string } {
    return wine.run(agentPath, 'service', ...argv);
  }

  function state(): unknown {
    return (JSON.parse(service('status', '--json').output) as { state: unknown }).state;
  }

  function log(): string {
    return readFileSync(wine.pathOf('the state/logs/agent.log'), 'utf8');
  }

  test('run by hand, it says who is to run it', () => {
    const { code, output } = service('run', '--state-dir', STATE);
    expect(code).toBe(2);
    expect(output).toContain(`"service run" is for Windows' service manager`);
  });

  test('installed twice, it is installed once, with quotes where Windows needs them', () => {
    expect(service('install', '--state-dir', STATE).output).toMatch(/^Installed\. /);
    expect(service('install', '--state-dir', STATE).output).toMatch(/^Installed already/);
    const key = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\CommanderAgent`;
    expect(wine.run('reg', 'query', key, '/v', 'ImagePath').output).toContain(
      `${agentPath} service run --state-dir "${STATE}"`,
    );
  });

  test('started, it runs; an endpoint that has not been enrolled is waited for', () => {
    expect(service('start')).toMatchObject({ code: 0 });
    expect(state()).toBe('running');
    expect(log()).toContain('identity.missing');
  });

  test('stopped, it ends by itself', () => {
    expect(service('stop')).toMatchObject({ code: 0 });
    expect(state()).toBe('stopped');
  });

  test('joins as policy says; what is no token is refused once, and the service goes on', async () => {
    wine.run('reg', 'add', POLICY_KEY, '/v', 'Token', '/t', 'REG_SZ', '/d', 'cmdr1.nonsense');
    service('start');
    await waitFor(() => log().includes('TOKEN_INVALID'), { what: 'the policy to be followed' });
    expect(log()).not.toContain('cmdr1.nonsense');
    expect(state()).toBe('running');
  });

  test('uninstalled and purged, it leaves nothing', () => {
    expect(service('uninstall', '--purge', '--state-dir', STATE)).toMatchObject({ code: 0 });
    expect(state()).toBe('not-installed');
    expect(existsSync(wine.pathOf('the state'))).toBe(false);
  });
});
