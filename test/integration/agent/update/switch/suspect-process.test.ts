import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GuardOrder } from '../../../../../src/agent/update/switch/guard-order.ts';
import {
  clearSigns,
  signalAlive,
  signalCheckedIn,
  signalStopping,
} from '../../../../../src/agent/update/switch/signs.ts';
import { SuspectProcess } from '../../../../../src/agent/update/switch/suspect-process.ts';
import { versionsDirOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { currentPlatform } from '../../../../../src/platform/select.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { testOnPosix } from '../../../../support/on-posix.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

const onEnd = useCleanup();
const platform = currentPlatform();
const limits = { probationMs: 1, hangMs: 1, checkinMs: 1 };
const agent = { command: 'agent', args: [] };

let stateDir: string;

beforeEach(() => {
  stateDir = makeTempDir(onEnd);
});

function suspect(more: Partial<GuardOrder>): SuspectProcess {
  const order = { stateDir, version: '1.1.0', starts: 1, pid: 42, agent, limits, ...more };
  return new SuspectProcess(order, { platform, clock: systemClock });
}

async function startProgram(): Promise<{ child: ChildProcess; pid: number; identity: string | undefined }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  onEnd(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  return { child, pid, identity: await platform.processIdentity(pid) };
}

describe('A process', () => {
  testOnPosix('lives until it is killed', async () => {
    const { child, pid, identity } = await startProgram();
    const watched = suspect({ pid, ...(identity !== undefined && { identity }) });
    expect(await watched.isAlive()).toBe(true);
    const gone = once(child, 'exit');
    await watched.kill();
    await gone;
    expect(await watched.isAlive()).toBe(false);
    await watched.kill();
  });

  testOnPosix('with the same ID is another one, and is not killed', async () => {
    const { child, pid } = await startProgram();
    const watched = suspect({ pid, identity: 'of one before it' });
    expect(await watched.isAlive()).toBe(false);
    await watched.kill();
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });
});

test('What it signals is what is seen of it', () => {
  mkdirSync(versionsDirOf(stateDir));
  clearSigns(stateDir, 42);
  const watched = suspect({});
  const seen = (): unknown[] => [
    watched.heartbeat() !== undefined,
    watched.hasCheckedIn(),
    watched.isStopping(),
  ];
  expect(seen()).toEqual([false, false, false]);
  signalAlive(stateDir);
  signalCheckedIn(stateDir);
  signalStopping(stateDir, 42);
  expect(seen()).toEqual([true, true, true]);
});
