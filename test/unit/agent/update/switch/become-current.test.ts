import { mkdirSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { becomeCurrent } from '../../../../../src/agent/update/switch/become-current.ts';
import { isStopping } from '../../../../../src/agent/update/switch/signs.ts';
import { saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import { initialState, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { executablePathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { Stopped } from '../../../../../src/lib/stopped.ts';
import type { Become } from '../../../../../src/platform/become.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { testOnPosix } from '../../../../support/on-posix.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const PID = 42;
let stateDir: string;
let stop: AbortController;
let became: string[];

beforeEach(() => {
  stateDir = makeTempDir(onEnd);
  [stop, became] = [new AbortController(), []];
  saveSwitch(stateDir, switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 1 }));
  const path = executablePathOf(stateDir, '1.1.0', { os: 'linux' });
  mkdirSync(dirname(path));
  writeFileSync(path, '');
});

/** `whileHandingOver` happens when the guard has been started. */
async function run(whileHandingOver: () => unknown = () => undefined): Promise<number | undefined> {
  const become: Become = async ({ path }, onPid) => {
    await onPid?.(PID);
    became.push(path);
    return 7;
  };
  return await becomeCurrent({
    ...{ stateDir, own: '1.0.0', mark: undefined, startsAnew: false, os: 'linux', pid: PID, now: () => 5 },
    ...{ become, environment: {}, stops: [new AbortController().signal, stop.signal] },
    self: { executablePath: '/usr/bin/commander-agent', leadingArgs: [], argv: ['run'], packed: true },
    watch: async () => {
      await stat(stateDir); // what comes in the same turn of the event loop as an answer of the system is heard last
      whileHandingOver();
    },
  });
}

test('a process becomes the current version', async () => {
  expect(await run()).toBe(7);
  expect(became).toEqual([executablePathOf(stateDir, '1.1.0', { os: 'linux' })]);
});

testOnPosix('a stop that comes meanwhile ends it instead, and the guard is told', async () => {
  process.once('SIGUSR2', () => stop.abort(new Stopped('shutdown')));
  expect(await run(() => process.kill(process.pid, 'SIGUSR2'))).toBe(0);
  expect([became, isStopping(stateDir, PID)]).toEqual([[], true]);
});

test('to make room is no reason not to', async () => {
  expect(await run(() => stop.abort(new Stopped('update')))).toBe(7);
});
