import { beforeEach, describe, expect, test } from '@jest/globals';
import { stayGuarded } from '../../../../../src/agent/update/switch/stay-guarded.ts';
import { saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import { initialState, proven, switched } from '../../../../../src/agent/update/switch/switch-state.ts';
import { guardLockPathOf } from '../../../../../src/agent/update/switch/versions-folder.ts';
import { silentLogger } from '../../../../../src/lib/log.ts';
import { isInstanceLockHeld, takeInstanceLock } from '../../../../../src/store/single-instance-lock.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { HastyClock } from '../../../../support/hasty-clock.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();
const trying = switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 1 });

describe('A version on probation', () => {
  let stateDir: string;
  let clock: HastyClock;
  let asked: number[];

  beforeEach(() => {
    stateDir = makeTempDir(onEnd);
    clock = new HastyClock();
    asked = [];
    saveSwitch(stateDir, trying);
  });

  function takeLock(): () => void {
    const lock = takeInstanceLock(guardLockPathOf(stateDir));
    if (lock === undefined) throw new Error('There is a guard already');
    return () => lock.release();
  }

  function stay({ version = '1.1.0', beGuarded = () => Promise.resolve() } = {}): Promise<void> {
    const end = new AbortController();
    onEnd(() => end.abort());
    const count = async (): Promise<void> => {
      asked.push(clock.monotonic());
      await beGuarded();
    };
    const options = { stateDir, version, beGuarded: count, clock, log: silentLogger };
    const staying = stayGuarded(options, end.signal);
    staying.catch(() => undefined); // the end of the test
    return staying;
  }

  async function passSeconds(seconds: number): Promise<void> {
    const until = clock.monotonic() + seconds * 1000;
    await waitFor(() => clock.monotonic() >= until, { what: 'time to pass' });
  }

  test('has another guard when its own is gone', async () => {
    const release = takeLock();
    void stay();
    await passSeconds(30);
    expect(asked).toEqual([]);
    release();
    const another = await waitFor(() => asked.length > 0 && takeLock(), { what: 'another guard' });
    onEnd(another);
    const before = asked.length;
    await passSeconds(30);
    expect(asked).toHaveLength(before);
    expect(isInstanceLockHeld(guardLockPathOf(stateDir))).toBe(true);
  });

  test('gives a guard time to begin', async () => {
    const startedAt = clock.monotonic();
    void stay();
    await waitFor(() => asked.length >= 2, { what: 'two guards that could not begin' });
    const [first = 0, second = 0] = asked;
    expect(first - startedAt).toBeGreaterThanOrEqual(10_000);
    expect(second - first).toBeGreaterThanOrEqual(10_000);
  });

  test('goes on when no guard can be started, and asks again', async () => {
    void stay({ beGuarded: () => Promise.reject(new Error('Too many processes')) });
    await waitFor(() => asked.length >= 2, { what: 'the next attempt' });
  });

  test('needs none once it is proven', async () => {
    const staying = stay();
    saveSwitch(stateDir, proven(trying));
    await staying;
    expect(asked).toEqual([]);
  });

  test('that is none of this process is none of its business', async () => {
    await stay({ version: '1.0.0' });
    expect(asked).toEqual([]);
  });
});
