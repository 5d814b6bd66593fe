import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { guard } from '../../../../../src/agent/update/switch/guard.ts';
import { loadSwitch, saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import {
  initialState,
  proven,
  started,
  switched,
  turnedBack,
} from '../../../../../src/agent/update/switch/switch-state.ts';
import { guardLockPathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { silentLogger } from '../../../../../src/lib/log.ts';
import { takeInstanceLock } from '../../../../../src/store/single-instance-lock.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

const onEnd = useCleanup();
const SECOND = 1000;
const trying = switched(
  { ...initialState('1.0.0'), current: '1.0.5' },
  { version: '1.1.0', jobID: 'job-1', at: 1 },
);

describe('A guard', () => {
  let stateDir: string;
  let clock: VirtualClock;
  let agents: number;
  let suspect: { alive: boolean; seen: boolean; checkedIn: boolean; stopping: boolean; killed: boolean };

  beforeEach(() => {
    stateDir = makeTempDir(onEnd);
    clock = new VirtualClock('2026-11-23T12:00:00Z');
    agents = 0;
    suspect = { alive: true, seen: true, checkedIn: false, stopping: false, killed: false };
    saveSwitch(stateDir, trying);
  });

  function watch({ isKept = false, starts = 1 } = {}): { passUntilEnd: (ms: number) => Promise<void> } {
    let over = false;
    const limits = { probationMs: 90 * SECOND, hangMs: 30 * SECOND, checkinMs: 60 * SECOND };
    const ended = guard({
      order: { stateDir, version: '1.1.0', starts, pid: 42, agent: { command: 'agent', args: [] }, limits },
      suspect: {
        isAlive: () => Promise.resolve(suspect.alive),
        heartbeat: () => (suspect.seen ? clock.monotonic() : undefined),
        hasCheckedIn: () => suspect.checkedIn,
        isStopping: () => suspect.stopping,
        kill: () => {
          suspect.killed = true;
          suspect.alive = false;
          return Promise.resolve();
        },
      },
      reachesServer: () => Promise.resolve(true),
      ...(isKept ? {} : { startAgent: () => void (agents += 1) }),
      ...{ clock, log: silentLogger, signal: new AbortController().signal },
    }).finally(() => (over = true));
    void clock.sleep(24 * 3600 * SECOND);
    return {
      passUntilEnd: async (ms) => {
        for (let passed = 0; passed < ms && !over; passed += 250) await clock.advance(250);
        if (!over) throw new Error(`The guard is still there after ${ms} ms`);
        await ended;
      },
    };
  }

  test('keeps a version that is proven', async () => {
    suspect.checkedIn = true;
    await watch().passUntilEnd(95 * SECOND);
    expect(loadSwitch(stateDir)).toEqual(proven(trying));
  });

  test('turns a crash back, and starts the agent when nobody else does', async () => {
    suspect.alive = false;
    await watch().passUntilEnd(12 * SECOND);
    expect(loadSwitch(stateDir)).toMatchObject({
      current: '1.0.5',
      bad: { '1.1.0': { reason: 'It ended by itself' } },
    });
    expect(agents).toBe(1);
  });

  describe('of a version that ended before it gave any sign of life', () => {
    beforeEach(() => {
      suspect.seen = suspect.alive = false;
    });

    test('starts it once more when nobody else does: it may have been stopped that early', async () => {
      saveSwitch(stateDir, started(trying));
      await watch().passUntilEnd(12 * SECOND);
      expect([loadSwitch(stateDir), agents]).toEqual([started(trying), 1]);
    });

    test('leaves it to whoever watches over its next start', async () => {
      saveSwitch(stateDir, started(trying));
      const watched = watch();
      await expect(watched.passUntilEnd(2 * SECOND)).rejects.toThrow('still there');
      saveSwitch(stateDir, started(started(trying)));
      await watched.passUntilEnd(SECOND);
      expect([loadSwitch(stateDir)?.current, agents]).toEqual(['1.1.0', 0]);
    });

    test('turns it back the second time', async () => {
      saveSwitch(stateDir, started(started(trying)));
      await watch({ starts: 2 }).passUntilEnd(12 * SECOND);
      expect(loadSwitch(stateDir)).toMatchObject({ current: '1.0.5', bad: { '1.1.0': {} } });
      expect(agents).toBe(1);
    });
  });

  test('leaves starting to a service manager that does', async () => {
    const lock = takeInstanceLock(join(stateDir, 'agent.lock'));
    onEnd(() => lock?.release());
    suspect.alive = false;
    await watch().passUntilEnd(12 * SECOND);
    expect(agents).toBe(0);
  });

  test('leaves starting to a keeper at once', async () => {
    suspect.alive = false;
    await watch({ isKept: true }).passUntilEnd(SECOND);
    expect([loadSwitch(stateDir)?.current, agents]).toEqual(['1.0.5', 0]);
  });

  test('kills what does not check in, after it has written down where to go back to', async () => {
    await watch().passUntilEnd(75 * SECOND);
    expect(suspect.killed).toBe(true);
    expect(loadSwitch(stateDir)?.current).toBe('1.0.5');
  });

  test('leaves everything as it is when the version was asked to stop', async () => {
    suspect.stopping = true;
    await watch().passUntilEnd(SECOND);
    expect([loadSwitch(stateDir), suspect.killed, agents]).toEqual([trying, false, 0]);
  });

  test('sees out a process of a version that was given up meanwhile', async () => {
    saveSwitch(stateDir, turnedBack(trying, { reason: 'It ended by itself', at: 2 }));
    await watch().passUntilEnd(31 * SECOND);
    expect([suspect.killed, agents]).toEqual([true, 0]);
  });

  test('waits while another one watches, also when it has ended by then', async () => {
    const other = takeInstanceLock(guardLockPathOf(stateDir));
    suspect.stopping = true;
    suspect.alive = false;
    const watched = watch();
    await expect(watched.passUntilEnd(SECOND)).rejects.toThrow('still there');
    other?.release();
    await watched.passUntilEnd(SECOND);
  });
});
