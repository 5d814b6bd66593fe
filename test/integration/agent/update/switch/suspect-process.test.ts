import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GuardOrder } from '../../../../../src/agent/update/switch/guard-order.ts';
import { SuspectProcess } from '../../../../../src/agent/update/switch/suspect-process.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../../src/lib/log.ts';
import { currentPlatform } from '../../../../../src/platform/select.ts';
import type { ConnectionRecord } from '../../../../../src/store/agent/connection-record.ts';
import { openAgentStore } from '../../../../../src/store/agent/open-agent-store.ts';
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

describe('A version has checked in', () => {
  const connected: ConnectionRecord = { state: 'connected', since: 5, pid: 42, version: '1.1.0' };

  test.each<[string, ConnectionRecord | undefined, boolean]>([
    ['when it says so', connected, true],
    ['not while nothing is known', undefined, false],
    ['not while it is connecting', { ...connected, state: 'connecting' }, false],
    ['not when the version before it had', { ...connected, version: '1.0.0' }, false],
    ['not when another process had', { ...connected, pid: 41 }, false],
    ['not when that was known before it started', { ...connected, since: 3 }, false],
  ])('%s', (_, record, expected) => {
    const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
    if (record !== undefined) store.connection.save(record);
    store.close();
    expect(suspect({ connectionBefore: 3 }).hasCheckedIn()).toBe(expected);
  });

  test('also when the connection is lost after that', () => {
    const store = openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
    onEnd(() => store.close());
    const watched = suspect({});
    store.connection.save(connected);
    expect(watched.hasCheckedIn()).toBe(true);
    store.connection.save({ ...connected, state: 'connecting' });
    expect(watched.hasCheckedIn()).toBe(true);
  });
});
