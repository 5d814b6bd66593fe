import { describe, expect, test } from '@jest/globals';
import { WindowsServices } from '../../../../src/platform/service/windows-services.ts';
import { RecordedCommands } from '../../../support/recorded-commands.ts';

const SC = String.raw`C:\Windows\System32\sc.exe`;
const DEFINITION = { program: ['C:\\a b\\agent.exe'], options: ['--config', 'C:\\c d'], stateDir: 'C:\\s' };
const COMMAND_LINE = String.raw`"C:\a b\agent.exe" service run --config "C:\c d"`;
const CHANGES = /sc\.exe (?!query)/;
const MISSING = { code: 1060, output: '[SC] EnumQueryServicesStatus:OpenService 1060' };

/** As sc.exe prints it on a German Windows. */
function query(state: string): string {
  return `\r\nSERVICE_NAME: CommanderAgent\r\n        TYP                : 10  WIN32_OWN_PROCESS\r\n        STATUS             : ${state}\r\n`;
}

function registry(value: string, type: string, data: string): string {
  return `\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\CommanderAgent\r\n    ${value}    ${type}    ${data}\r\n\r\n`;
}

const [STOPPED, STARTING, RUNNING, STOPPING] = [
  query('1  STOPPED'),
  query('2  START_PENDING'),
  query('4  RUNNING'),
  query('3  STOP_PENDING'),
];
const INSTALLED = [
  [/ImagePath/, registry('ImagePath', 'REG_EXPAND_SZ', COMMAND_LINE)],
  [/\/v Start/, registry('Start', 'REG_DWORD', '0x2')],
] as const;

function makeServices(
  answers: ConstructorParameters<typeof RecordedCommands>[0] = [],
  { isAdmin = true } = {},
): { services: WindowsServices; commands: RecordedCommands } {
  const commands = new RecordedCommands(answers);
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: (ms: number): Promise<void> => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
  return { services: new WindowsServices({ environment: {}, isAdmin, run: commands.run, clock }), commands };
}

describe('installing', () => {
  test('makes a service that starts at boot and comes back after a failure', async () => {
    const { services, commands } = makeServices([[/reg\.exe/, 1]]);
    expect(await services.install(DEFINITION)).toEqual({ kind: 'done', changed: true });
    expect(commands.taken(CHANGES)).toEqual([
      `${SC} create CommanderAgent binPath= ${COMMAND_LINE} start= auto DisplayName= Commander Agent`,
      `${SC} description CommanderAgent Runs the jobs that its server assigns.`,
      `${SC} failure CommanderAgent reset= 86400 actions= restart/5000/restart/30000/restart/60000`,
      `${SC} failureflag CommanderAgent 1`,
    ]);
  });

  test('again changes nothing, unless the settings are others', async () => {
    const { services, commands } = makeServices([...INSTALLED]);
    expect(await services.install(DEFINITION)).toEqual({ kind: 'done', changed: false });
    expect(commands.taken(/ (create|config) /)).toEqual([]);
    expect(await services.install({ ...DEFINITION, options: [] })).toMatchObject({ changed: true });
    expect(commands.taken(/ (create|config) /)).toEqual([
      `${SC} config CommanderAgent binPath= "C:\\a b\\agent.exe" service run start= auto DisplayName= Commander Agent`,
    ]);
  });

  test('has one that Windows Installer registered come back after a failure as well', async () => {
    const { services, commands } = makeServices([...INSTALLED]);
    await services.install(DEFINITION);
    expect(commands.taken(/ (failure|failureflag) /)).toHaveLength(2);
  });

  test('does not need what an older Windows lacks', async () => {
    const { services } = makeServices([
      [/failureflag/, 1639],
      [/reg\.exe/, 1],
    ]);
    expect(await services.install(DEFINITION)).toMatchObject({ changed: true });
  });
});

describe('uninstalling', () => {
  test('stops it, waits for that, and removes it', async () => {
    const { services, commands } = makeServices([[/sc\.exe query /, [RUNNING, STOPPING, STOPPED]]]);
    expect(await services.uninstall()).toEqual({ kind: 'done', changed: true });
    expect(commands.taken(CHANGES)).toEqual([`${SC} stop CommanderAgent`, `${SC} delete CommanderAgent`]);
  });

  test('what is not there changes nothing', async () => {
    const { services, commands } = makeServices([[/sc\.exe query /, MISSING]]);
    expect(await services.uninstall()).toEqual({ kind: 'done', changed: false });
    expect(commands.taken(CHANGES)).toEqual([]);
  });
});

describe('starting and stopping', () => {
  test('waits until it is so', async () => {
    const { services, commands } = makeServices([[/sc\.exe query /, [STARTING, STARTING, RUNNING]]]);
    expect(await services.start()).toEqual({ kind: 'done', changed: true });
    expect(commands.taken(/sc\.exe query /)).toHaveLength(3);
  });

  test('what is so already stays so', async () => {
    const running = makeServices([[/ start /, 1056]]);
    expect(await running.services.start()).toEqual({ kind: 'done', changed: false });
    const stopped = makeServices([[/sc\.exe query /, STOPPED]]);
    expect(await stopped.services.stop()).toEqual({ kind: 'done', changed: false });
    expect(stopped.commands.taken(CHANGES)).toEqual([]);
  });

  test('one that does not come up is said to have failed', async () => {
    const { services } = makeServices([[/sc\.exe query /, STOPPED]]);
    await expect(services.start()).rejects.toMatchObject({ code: 'SERVICE_MANAGER_FAILED' });
  });

  test('one that does not end is not waited for without end', async () => {
    const { services } = makeServices([[/sc\.exe query /, STOPPING]]);
    await expect(services.stop()).rejects.toMatchObject({
      code: 'SERVICE_MANAGER_FAILED',
      message: expect.stringContaining('should be "stopped" and is "stopping"') as unknown,
    });
  });

  test('what is not installed is said to be so', async () => {
    const { services } = makeServices([[/sc\.exe/, MISSING]]);
    for (const change of [services.start(), services.stop()])
      await expect(change).rejects.toMatchObject({ code: 'SERVICE_NOT_INSTALLED' });
  });
});

test.each([
  [STOPPED, 'stopped'],
  [STARTING, 'starting'],
  [RUNNING, 'running'],
  [STOPPING, 'stopping'],
  [MISSING, 'not-installed'],
])('of %j it tells the state, whatever the language', async (answer, state) => {
  const { services } = makeServices([[/sc\.exe query /, answer], ...INSTALLED]);
  const startsAtBoot = state !== 'not-installed';
  expect(await services.status()).toEqual({ kind: 'state', manager: 'windows', state, startsAtBoot });
});

test('only an administrator can change it', async () => {
  const { services, commands } = makeServices([], { isAdmin: false });
  for (const change of [
    services.install(DEFINITION),
    services.uninstall(),
    services.start(),
    services.stop(),
  ])
    await expect(change).rejects.toMatchObject({ code: 'ADMIN_REQUIRED' });
  expect(commands.lines).toEqual([]);
});
