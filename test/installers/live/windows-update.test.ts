import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect } from '@jest/globals';
import { loadSwitch, saveSwitch } from '../../../src/agent/update/switch/switch-file.ts';
import { switched, type SwitchState } from '../../../src/agent/update/switch/switch-state.ts';
import { executablePathOf } from '../../../src/agent/update/switch/versions-folder.ts';
import type { AgentView } from '../../../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../../src/protocol/schemas/admin/jobs.ts';
import type { UnitView } from '../../../src/protocol/schemas/admin/units.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { packAgent } from '../../support/pack-agent.ts';
import { PackedWorld, requireOk } from '../../support/packed-world.ts';
import { waitFor } from '../../support/wait-for.ts';
import { describeUnless } from '../support/describe-with.ts';
import { Story } from '../support/story.ts';
import { WineMachine, whyNoWine } from '../support/wine-machine.ts';

const CONFIG = { stateDir: String.raw`C:\agent`, update: { probationSeconds: 3, hangSeconds: 10 } };
const CONFIG_DIR = 'ProgramData/Commander Agent';
const SERVICE_KEY = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\CommanderAgent`;

const INSTALLED = '1.0.0';
const GOOD = '1.1.0';
/** Passes its preflight; as an agent it does what is written in a file. */
const BAD = '1.2.0';
const MISBEHAVE = `
  if (process.argv.includes('run'))
    switch (require('node:fs').readFileSync('C:/misbehaviour', 'utf8')) {
      case 'crash': process.exit(3);
      case 'hang': for (;;);
    }
`;
const WEB = '@echo off\r\n:again\r\nping -n 2 127.0.0.1 >nul\r\ngoto again\r\n';
/** For another system, and cut off. */
const NO_PROGRAMS: Record<string, string> = { '1.3.0': '\x7fELF', '1.4.0': 'MZ' };

/**
 * The real agent as a service of wine's service manager, at a real server that changes its version. What wine cannot show: that
 * recovery actions start a service that has failed (it has none), Ctrl-C in a console, a virus scanner in between, and an open handle
 * on the service itself, which an update has no need of.
 */
describeUnless(whyNoWine(), 'a service of Windows that gets other versions, under wine', () => {
  const story = new Story();
  let world: PackedWorld;
  let wine: WineMachine;
  let agentPath: string;

  async function set(onEnd: (cleanup: Cleanup) => void): Promise<void> {
    world = new PackedWorld(onEnd);
    await world.startServer();
    requireOk(await world.commander('releases', 'publish', ...(await packVersions(world.dir))));
    agentPath = wine.take(join(world.dir, `agent-${INSTALLED}.exe`));
    mkdirSync(wine.pathOf(CONFIG_DIR));
    writeFileSync(wine.pathOf(`${CONFIG_DIR}/config.json`), JSON.stringify(CONFIG));
    agent('enroll', '--token', await world.joinToken());
    agent('service', 'install');
    agent('service', 'start');
    await runs(INSTALLED);
    writeFileSync(join(world.dir, 'web.bat'), WEB);
    await world.addToLibrary(join(world.dir, 'web.bat'), '--kind', 'service', '--name', 'web');
    requireOk(await world.commander('services', 'assign', 'web', '--group', 'default'));
  }

  beforeAll(async () => {
    await story.tell({ open: async () => (wine = await WineMachine.start()), set });
  }, 1_200_000);

  function agent(...argv: string[]): void {
    expect(wine.run(agentPath, ...argv)).toMatchObject({ code: 0 });
  }

  function state(): SwitchState | undefined {
    return loadSwitch(wine.pathOf('agent'));
  }

  async function until(met: () => boolean, what: string): Promise<void> {
    await waitFor(met, { what, timeoutMs: 60_000, everyMs: 100 });
  }

  async function proven(): Promise<void> {
    await until(() => state()?.probation === undefined, 'the end of the probation');
  }

  async function runs(version: string): Promise<AgentView> {
    return await waitFor(
      async () => (await world.agents()).find((one) => one.connected && one.version === version),
      { what: `the check-in of version ${version}`, timeoutMs: 60_000, everyMs: 200 },
    );
  }

  async function gone(): Promise<void> {
    const isGone = async (): Promise<boolean> => (await world.agents()).every((one) => !one.connected);
    await waitFor(isGone, { what: 'the server to see it go', everyMs: 200 });
  }

  async function updateJobs(version: string, count = 1): Promise<JobView[]> {
    return await waitFor(
      async () => {
        const ended = (await world.jobs()).filter(({ state: phase }) => phase === 'finished');
        const found = ended.filter(
          ({ origin }) => origin && 'updateTo' in origin && origin.updateTo === version,
        );
        return found.length >= count && found;
      },
      { what: `the report of the update to ${version}`, timeoutMs: 60_000, everyMs: 200 },
    );
  }

  async function setVersion(version: string): Promise<void> {
    requireOk(await world.commander('groups', 'set-version', 'default', version));
  }

  async function goTo(version: string): Promise<void> {
    await setVersion(version);
    await runs(version);
    expect(await updateJobs(version)).toMatchObject([{ outcome: 'succeeded' }]);
  }

  /** What the server has the endpoint keep. */
  async function service(): Promise<UnitView> {
    const find = async (): Promise<UnitView | undefined> =>
      (await world.ask<{ units: UnitView[] }>('services', 'show', 'web')).units.find(
        (unit) => unit.state === 'running',
      );
    return await waitFor(find, { what: 'the running service', timeoutMs: 30_000, everyMs: 200 });
  }

  function serviceState(): string | undefined {
    return /STATE\s*:\s*\d+\s+(\w+)/.exec(wine.run('sc', 'query', 'CommanderAgent').output)?.[1];
  }

  /** Also the process is the one that the service manager has started. */
  function expectServiceAsInstalled(keeper: readonly string[]): void {
    expect(serviceState()).toBe('RUNNING');
    expect(processOfService()).toEqual(keeper);
    expect(wine.run('reg', 'query', SERVICE_KEY, '/v', 'Start').output).toContain('0x2');
    expect(wine.run('reg', 'query', SERVICE_KEY, '/v', 'ImagePath').output).toContain(agentPath);
  }

  function processOfService(): string[] {
    return wine.find(`${agentPath} service run`);
  }

  function installedFile(): object {
    const { ino, mtimeMs, size } = statSync(wine.pathOf(`agent-${INSTALLED}.exe`));
    return { ino, mtimeMs, size };
  }

  function log(name: string): string {
    return readFileSync(wine.pathOf(`agent/${name}.log`), 'utf8');
  }

  story.chapter(
    'goes to a newer version, while somebody holds the installed file open; nothing of that is touched',
    async () => {
      const [installed, keeper] = [installedFile(), processOfService()];
      const web = await service();
      wine.start('cmd', '/c', `ping -n 600 127.0.0.1 <${agentPath}`);
      await until(() => wine.find('ping -n').length > 0, 'whoever holds the file open');
      await goTo(GOOD);
      expectServiceAsInstalled(keeper);
      expect(installedFile()).toEqual(installed);
      expect((await service()).pid).toBe(web.pid);
    },
  );

  story.chapter('leaves a version that crashes at once, without having stopped, and says why', async () => {
    writeFileSync(wine.pathOf('misbehaviour'), 'crash');
    const keeper = processOfService();
    await setVersion(BAD);
    const [job] = await updateJobs(BAD);
    expect(job).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('ended by itself') as unknown,
    });
    await runs(GOOD);
    expect(state()).toMatchObject({ current: GOOD, bad: { [BAD]: {} } });
    expectServiceAsInstalled(keeper);
  });

  story.chapter('leaves a version that hangs', async () => {
    writeFileSync(wine.pathOf('misbehaviour'), 'hang');
    const keeper = processOfService();
    agent('update', 'check', '--retry');
    const jobs = await updateJobs(BAD, 2);
    expect(jobs.map(({ reason }) => reason)).toContain('It gave no sign of life for 10 s');
    await runs(GOOD);
    expectServiceAsInstalled(keeper);
    await setVersion(GOOD);
  });

  story.chapter(
    'stopped, its jobs and all end in order; started, it is the current version again',
    async () => {
      agent('service', 'stop');
      expect(serviceState()).toBe('STOPPED');
      expect(log('logs/agent').trim().split('\n').at(-1)).toContain('agent.stopped');
      agent('service', 'start');
      await runs(GOOD);
    },
  );

  for (const [version, bytes] of Object.entries(NO_PROGRAMS))
    story.chapter(`leaves ${version}, which is no program, when it starts`, async () => {
      agent('service', 'stop');
      const path = executablePathOf(wine.pathOf('agent'), version, { os: 'win32' });
      mkdirSync(dirname(path));
      writeFileSync(path, bytes);
      const before = state();
      if (before === undefined) throw new Error('There is no switch.json');
      saveSwitch(wine.pathOf('agent'), switched(before, { version, jobID: 'none', at: Date.now() }));
      agent('service', 'start');
      await runs(GOOD);
      expect(state()?.bad[version]?.reason).toContain('Cannot start');
    });

  story.chapter('goes on when its guard was killed, and gets another one', async () => {
    await setVersion(INSTALLED);
    await until(() => wine.kill('internal guard') > 0, 'a guard');
    await runs(INSTALLED);
    await proven();
    expect(await updateJobs(INSTALLED)).toMatchObject([{ outcome: 'succeeded' }]);
  });

  story.chapter('is one process again where the installed version is current', async () => {
    agent('service', 'stop');
    agent('service', 'start');
    await runs(INSTALLED);
    expect(wine.find('service run')).toHaveLength(1);
  });

  story.chapter(
    'goes forth again from there; its child killed, the service has failed, and Windows would start it again',
    async () => {
      await setVersion(GOOD);
      await runs(GOOD);
      await proven();
      expect(wine.kill(String.raw`versions\1.1.0\commander-agent.exe`)).toBe(1);
      await until(() => serviceState() === 'STOPPED', 'the end of the service');
      agent('service', 'start');
      await runs(GOOD);
    },
  );

  story.chapter(
    'killed itself, it takes its child along, and the next start finds the way free',
    async () => {
      expect(wine.kill(`${agentPath} service run`)).toBe(1);
      await gone();
      await until(() => wine.find('service run').length === 0, 'the end of the child');
      agent('service', 'start');
      await runs(GOOD);
    },
  );

  story.chapter('in the foreground it keeps the current version as well', async () => {
    agent('service', 'stop');
    await gone();
    wine.start(agentPath, 'run');
    await runs(GOOD);
    expect(wine.find('exe run')).toHaveLength(2);
    expect(wine.kill(`${agentPath} run`)).toBe(1);
    await gone();
  });
});

async function packVersions(dir: string): Promise<string[]> {
  const orders = [
    { version: INSTALLED },
    { version: GOOD },
    { version: BAD, change: (source: string) => MISBEHAVE + source },
  ];
  const paths: string[] = [];
  for (const order of orders) {
    const outPath = join(dir, `agent-${order.version}.exe`);
    await packAgent({ ...order, target: 'win-x64', outPath });
    paths.push(outPath);
  }
  return paths;
}
