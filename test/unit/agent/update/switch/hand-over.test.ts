import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { handOver, handOverToLook, isReplaced } from '../../../../../src/agent/update/switch/hand-over.ts';
import { takeLaunchMark, type LaunchMark } from '../../../../../src/agent/update/switch/launch-mark.ts';
import { signalStopping } from '../../../../../src/agent/update/switch/signs.ts';
import { loadSwitch, saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import {
  initialState,
  proven,
  switched,
  type SwitchState,
} from '../../../../../src/agent/update/switch/switch-state.ts';
import { executablePathOf, versionsDirOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { AppError } from '../../../../../src/lib/errors.ts';
import type { ProcessImage } from '../../../../../src/platform/become.ts';
import { takeInstanceLock } from '../../../../../src/store/single-instance-lock.ts';
import { executable } from '../../../../support/agent-executable.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const INSTALLED = '/usr/bin/commander-agent';
const ENDED = 7;
const trying = switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 1 });
const updated = proven(trying);
const mark: LaunchMark = { version: '1.1.0', launcher: { executablePath: INSTALLED, leadingArgs: [] } };

/** Root may write everywhere. */
const testAsUser = process.getuid?.() === 0 ? test.skip : test;

let stateDir: string;
let became: ProcessImage[];
let watched: string[];
/** Executables that the system refuses. */
let broken: string[];

beforeEach(() => {
  stateDir = makeTempDir(onEnd);
  [became, watched, broken] = [[], [], []];
});

interface Start {
  readonly own?: string;
  readonly mark?: LaunchMark;
  readonly executablePath?: string;
  readonly startsAnew?: boolean;
}

function options({ own = '1.0.0', mark: given, executablePath = INSTALLED, startsAnew = false }: Start) {
  return {
    ...{ stateDir, own, mark: given, startsAnew, os: 'linux' as const, pid: 42, now: () => 5 },
    self: { executablePath, leadingArgs: [], argv: ['run', '--log-level', 'debug'], packed: true },
    environment: { HOME: '/root' },
    become: async (image: ProcessImage, onPid?: (pid: number) => Promise<void>): Promise<number> => {
      await onPid?.(42);
      if (broken.includes(image.path)) throw new AppError('SPAWN_FAILED', 'Cannot start it');
      became.push(image);
      return ENDED;
    },
    watch: ({ version }: { version: string }) => {
      watched.push(version);
      return Promise.resolve();
    },
  };
}

/** Versions that lie there, and the state. */
function given(state: SwitchState, versions: readonly string[] = ['1.1.0']): void {
  saveSwitch(stateDir, state);
  for (const version of versions) {
    mkdirSync(dirname(pathOf(version)));
    writeFileSync(pathOf(version), '');
    chmodSync(pathOf(version), 0o700);
  }
}

function pathOf(version: string): string {
  return executablePathOf(stateDir, version, { os: 'linux' });
}

async function run(start: Start = {}): Promise<number | undefined> {
  return (await handOver(options(start)))?.exitCode;
}

describe('The installed executable', () => {
  test('runs itself before any update', async () => {
    expect(await run()).toBeUndefined();
  });

  test('becomes the current version, with the same arguments and a mark', async () => {
    given(updated);
    expect(await run()).toBe(ENDED);
    const [image] = became;
    expect(image).toMatchObject({ path: pathOf('1.1.0'), args: ['run', '--log-level', 'debug'] });
    expect(takeLaunchMark({ ...image?.environment })).toEqual(mark);
    expect(watched).toEqual([]);
  });

  test('counts the start of a version on probation before it, and has it watched', async () => {
    given(trying);
    await run();
    expect([loadSwitch(stateDir)?.probation?.starts, watched]).toEqual([1, ['1.1.0']]);
  });

  test('does not count a start that ended because somebody asked for it', async () => {
    given(trying);
    await run();
    signalStopping(stateDir, 42);
    await run();
    expect(loadSwitch(stateDir)?.probation?.starts).toBe(1);
  });

  test('goes back at once from what cannot be started, and says why', async () => {
    given(trying);
    broken.push(pathOf('1.1.0'));
    expect(await run()).toBeUndefined();
    expect(loadSwitch(stateDir)).toEqual({
      ...initialState('1.0.0'),
      bad: { '1.1.0': { reason: 'Cannot start it', at: 5 } },
    });
  });

  test.each<[what: string, spoil: () => void]>([
    ['gone', () => rmSync(pathOf('1.1.0'))],
    ['cut off', () => writeFileSync(pathOf('1.1.0'), executable('linux-x64', 'code').subarray(0, -1))],
    ['refused by the system', () => broken.push(pathOf('1.1.0'))],
  ])(
    'runs itself when the executable of the current version is %s; that may be fetched again',
    async (_, spoil) => {
      given(updated);
      spoil();
      expect(await run()).toBeUndefined();
      expect([became, loadSwitch(stateDir)]).toEqual([[], initialState('1.0.0')]);
    },
  );

  test('goes back to the update before, if that was the one before', async () => {
    given(switched(updated, { version: '1.2.0', jobID: 'job-2', at: 2 }), ['1.1.0', '1.2.0']);
    broken.push(pathOf('1.2.0'));
    await run();
    expect(became.map(({ path }) => path)).toEqual([pathOf('1.1.0')]);
  });

  testAsUser('does not start what it cannot count', async () => {
    given(trying);
    chmodSync(versionsDirOf(stateDir), 0o500);
    onEnd(() => chmodSync(versionsDirOf(stateDir), 0o700));
    await run();
    expect(became).toEqual([]);
  });

  test('is watched itself when it is what an update goes back to', async () => {
    given(switched(updated, { version: '1.0.0', jobID: 'job-2', at: 2 }));
    expect(await run()).toBeUndefined();
    expect(watched).toEqual(['1.0.0']);
  });

  test('runs itself after a package has replaced it', async () => {
    given(updated);
    expect(await run({ own: '1.5.0' })).toBeUndefined();
    expect(loadSwitch(stateDir)).toEqual(initialState('1.5.0'));
  });
});

test('beside an agent that runs, a start is none, and not counted', async () => {
  given(trying);
  const lock = takeInstanceLock(join(stateDir, 'agent.lock'));
  onEnd(() => lock?.release());
  expect(await run()).toBeUndefined();
  expect(loadSwitch(stateDir)).toEqual(trying);
});

describe('A version that was handed over to', () => {
  const start = { own: '1.1.0', mark, executablePath: '' };

  beforeEach(() => {
    start.executablePath = pathOf('1.1.0');
  });

  test('goes on to the next one', async () => {
    given(switched(updated, { version: '1.2.0', jobID: 'job-2', at: 2 }), ['1.1.0', '1.2.0']);
    await run(start);
    expect(became.map(({ path }) => path)).toEqual([pathOf('1.2.0')]);
  });

  test('goes back to the installed executable', async () => {
    given(switched(updated, { version: '1.0.0', jobID: 'job-2', at: 2 }));
    await run(start);
    expect(became.map(({ path }) => path)).toEqual([INSTALLED]);
  });

  test('stays when neither can be started', async () => {
    given(switched(updated, { version: '1.2.0', jobID: 'job-2', at: 2 }), ['1.1.0', '1.2.0']);
    broken.push(pathOf('1.2.0'), INSTALLED);
    expect(await run(start)).toBeUndefined();
    expect(loadSwitch(stateDir)?.current).toBe('1.1.0');
  });
});

describe('After an agent has run in it, a process', () => {
  test('starts it anew when the version that was to take its place cannot be started', async () => {
    given(trying);
    broken.push(pathOf('1.1.0'));
    expect(await run({ startsAnew: true })).toBe(ENDED);
    expect(became.map(({ path }) => path)).toEqual([INSTALLED]);
  });

  test('starts it anew when that version has vanished', async () => {
    given(switched(updated, { version: '1.2.0', jobID: 'job-2', at: 2 }));
    await run({ own: '1.1.0', mark, executablePath: pathOf('1.1.0'), startsAnew: true });
    expect(became.map(({ path }) => path)).toEqual([pathOf('1.1.0')]);
  });
});

test.each([
  ['is replaced', trying, '1.0.0', true],
  ['is not, when it is current', trying, '1.1.0', false],
] as const)('A version %s', (_, state, version, replaced) => {
  given(state);
  expect(isReplaced({ stateDir, version })).toBe(replaced);
});

test('before any update no version is replaced', () => {
  expect(isReplaced({ stateDir, version: '1.0.0' })).toBe(false);
});

test('a version that somebody starts by its own path is not taken for the installed one', async () => {
  given(updated);
  expect(await run({ own: '1.1.0', executablePath: pathOf('1.1.0') })).toBeUndefined();
  expect(loadSwitch(stateDir)).toEqual(updated);
});

describe('A command that only looks', () => {
  test.each<[string, SwitchState, string[]]>([
    ['goes on as the current version', updated, ['1.1.0']],
    ['does not trust one that is on probation', trying, []],
  ])('%s, and changes nothing', async (_, state, versions) => {
    given(state);
    await handOverToLook(options({}));
    expect(became.map(({ path }) => path)).toEqual(versions.map(pathOf));
    expect(loadSwitch(stateDir)).toEqual(state);
  });

  test('goes on as it is when that cannot be started', async () => {
    given(updated);
    broken.push(pathOf('1.1.0'));
    expect(await handOverToLook(options({}))).toBeUndefined();
    expect(loadSwitch(stateDir)).toEqual(updated);
  });
});
