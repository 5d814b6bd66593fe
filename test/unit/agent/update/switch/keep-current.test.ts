import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { keepCurrent } from '../../../../../src/agent/update/switch/keep-current.ts';
import { loadSwitch, saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import {
  initialState,
  proven,
  switched,
  type SwitchState,
} from '../../../../../src/agent/update/switch/switch-state.ts';
import { executablePathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { systemClock, type Clock } from '../../../../../src/lib/clock.ts';
import { Stopped } from '../../../../../src/lib/stopped.ts';
import { keepChild } from '../../../../../src/platform/keep-child.ts';
import type { SupervisorNews } from '../../../../../src/platform/service/supervisor.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { describeOnPosix } from '../../../../support/on-posix.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();
const trying = switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 1 });
const updated = proven(trying);

let stateDir: string;
let installedPath: string;
let stop: AbortController;
let news: SupervisorNews[];
let guarded: string[];
/** What a guard does as soon as a version is on probation. */
let onWatch: () => void;
let onWait: () => void;
/** By which the keeper's clock is ahead. */
let leapMs: number;

beforeEach(() => {
  stateDir = makeTempDir(onEnd);
  installedPath = join(stateDir, 'installed');
  stop = new AbortController();
  [news, guarded, leapMs] = [[], [], 0];
  onWatch = onWait = () => undefined;
});

/** A version that notes its start, does as `script` says, and ends with `code` once asked to. */
function version(path: string, name: string, script = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `#!${process.execPath}
    const { appendFileSync, writeFileSync, renameSync } = require('node:fs');
    const [dir, switchPath] = [${JSON.stringify(stateDir)}, ${JSON.stringify(join(stateDir, 'versions/switch.json'))}];
    appendFileSync(dir + '/started', ${JSON.stringify(`${name}\n`)});
    const switchTo = (state) => { writeFileSync(switchPath + '.part', JSON.stringify(state)); renameSync(switchPath + '.part', switchPath); };
    process.on('message', ({ ask }) => { if (ask === 'stop') process.exit(0); });
    process.on('disconnect', () => process.exit(0));
    ${script}
    process.send({ news: 'running' });\n`,
  );
  chmodSync(path, 0o700);
}

function given(state: SwitchState, scripts: Record<string, string>): void {
  saveSwitch(stateDir, state);
  for (const [name, script] of Object.entries(scripts))
    version(
      name === '1.0.0' ? installedPath : executablePathOf(stateDir, name, { os: 'win32' }),
      name,
      script,
    );
}

async function keep({ startsAnew = false } = {}): Promise<number | undefined> {
  const supervisor = { tell: (one: SupervisorNews) => void news.push(one) };
  const clock: Clock = {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + leapMs,
    sleep: async (ms, signal) => {
      onWait();
      await systemClock.sleep(ms, signal);
    },
  };
  const link = { stop: stop.signal, stopNow: new AbortController().signal, supervisor };
  return await keepCurrent({
    ...{ stateDir, own: '1.0.0', mark: undefined, environment: process.env, startsAnew },
    ...{ os: 'win32' as const, pid: process.pid, now: Date.now, clock, stop: stop.signal },
    self: { executablePath: installedPath, leadingArgs: [], argv: ['run'], packed: true },
    become: keepChild(link),
    watch: (watched) => {
      guarded.push(JSON.stringify(Object.keys(watched)));
      onWatch();
      return Promise.resolve();
    },
  });
}

function started(): string[] {
  try {
    return readFileSync(join(stateDir, 'started'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

async function run(name: string, { times = 1 } = {}): Promise<void> {
  await waitFor(() => started().filter((one) => one === name).length >= times && news.length > 0, {
    what: `version ${name}`,
  });
}

const to = (state: SwitchState): string => `switchTo(${JSON.stringify(state)});`;

describeOnPosix('A keeper', () => {
  test('leaves everything to this process when its own version is current', async () => {
    given(initialState('1.0.0'), {});
    expect(await keep()).toBeUndefined();
  });

  test('runs the current version, and ends with it when it is asked to', async () => {
    given(updated, { '1.1.0': '' });
    const ended = keep();
    await run('1.1.0');
    stop.abort(new Stopped('shutdown'));
    expect([await ended, started(), news, guarded]).toEqual([0, ['1.1.0'], ['running'], []]);
  });

  test('runs the next version when one has made room for it, and its own again after that', async () => {
    const next = proven(switched(updated, { version: '1.2.0', jobID: 'job-2', at: 2 }));
    given(updated, {
      '1.1.0': `${to(next)} process.exit(0);`,
      '1.2.0': `${to(proven(switched(next, { version: '1.0.0', jobID: 'job-3', at: 3 })))} process.exit(0);`,
      '1.0.0': '',
    });
    const ended = keep();
    await run('1.0.0');
    stop.abort(new Stopped('shutdown'));
    expect([await ended, started()]).toEqual([0, ['1.1.0', '1.2.0', '1.0.0']]);
  });

  test('goes back from what crashed as soon as its guard has said so', async () => {
    const back = JSON.stringify({
      ...initialState('1.0.0'),
      bad: { '1.1.0': { reason: 'It ended', at: 5 } },
    });
    given(trying, { '1.1.0': 'process.exit(3);', '1.0.0': '' });
    onWatch = () => setTimeout(() => saveSwitch(stateDir, JSON.parse(back) as SwitchState), 300);
    const ended = keep({ startsAnew: true });
    await run('1.0.0');
    stop.abort(new Stopped('shutdown'));
    expect([await ended, started(), guarded]).toEqual([0, ['1.1.0', '1.0.0'], ['["version","pid"]']]);
  });

  test('goes back by counting when there is no guard', async () => {
    given(
      { ...trying, ...(trying.probation && { probation: { ...trying.probation, starts: 2 } }) },
      {
        '1.1.0': 'process.exit(0);',
        '1.0.0': '',
      },
    );
    onWait = () => (leapMs += 1000);
    const ended = keep({ startsAnew: true });
    await run('1.0.0');
    expect(loadSwitch(stateDir)?.bad['1.1.0']?.reason).toContain('started 3 times');
    stop.abort(new Stopped('shutdown'));
    expect([await ended, started()]).toEqual([0, ['1.1.0', '1.0.0']]);
  });

  test('asked to stop while it waits for a verdict, it ends in peace', async () => {
    given(trying, { '1.1.0': 'process.exit(3);' });
    onWait = () => stop.abort(new Stopped('shutdown'));
    expect([await keep(), started()]).toEqual([0, ['1.1.0']]);
  });

  test('stays also when it is its own version that is on probation', async () => {
    given(switched(updated, { version: '1.0.0', jobID: 'job-2', at: 2 }), { '1.0.0': '' });
    const ended = keep();
    await run('1.0.0');
    stop.abort(new Stopped('shutdown'));
    expect([await ended, guarded.length]).toEqual([0, 1]);
  });

  test.each([
    ['its exit code', 'process.exit(3);', 3],
    ['an unasked end', 'process.exit(0);', 1],
  ])('fails with a proven version: %s', async (_, script, exitCode) => {
    given(updated, { '1.1.0': script });
    expect([await keep(), started()]).toEqual([exitCode, ['1.1.0']]);
  });

  test('has failed when nothing can be started in place of the agent that made room', async () => {
    given(trying, {});
    expect(await keep({ startsAnew: true })).toBe(1);
  });
});
