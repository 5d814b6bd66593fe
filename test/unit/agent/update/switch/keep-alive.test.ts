import { beforeEach, describe, expect, test } from '@jest/globals';
import { keepAlive } from '../../../../../src/agent/update/switch/keep-alive.ts';
import {
  clearSigns,
  hasCheckedIn,
  isStopping,
  lastAlive,
} from '../../../../../src/agent/update/switch/signs.ts';
import { saveSwitch } from '../../../../../src/agent/update/switch/switch-file.ts';
import {
  initialState,
  proven,
  switched,
  turnedBack,
} from '../../../../../src/agent/update/switch/switch-state.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { Stopped } from '../../../../../src/lib/stopped.ts';
import { useCleanup } from '../../../../support/cleanup.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const onEnd = useCleanup();
const trying = switched(initialState('1.0.0'), { version: '1.1.0', jobID: 'job-1', at: 1 });

describe('A version on probation', () => {
  let stateDir: string;
  let stop: AbortController;
  let rooms: number;
  let checkedIn: boolean;

  beforeEach(() => {
    stateDir = makeTempDir(onEnd);
    saveSwitch(stateDir, trying);
    clearSigns(stateDir, 1);
    [stop, rooms, checkedIn] = [new AbortController(), 0, false];
  });

  function run({ version = '1.1.0' } = {}): Promise<void> {
    const end = new AbortController();
    onEnd(() => end.abort());
    const clock = {
      ...systemClock,
      sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal),
    };
    const makeRoom = (): void => void (rooms += 1);
    const isCheckedIn = (): boolean => checkedIn;
    const kept = keepAlive(
      { stateDir, version, pid: 42, isCheckedIn, stop: stop.signal, makeRoom, clock },
      end.signal,
    );
    kept.catch(() => undefined); // the end of the test
    return kept;
  }

  test('gives signs of life until it is proven', async () => {
    const kept = run();
    const first = lastAlive(stateDir);
    await waitFor(() => lastAlive(stateDir) !== first, { what: 'another sign' });
    saveSwitch(stateDir, proven(trying));
    await kept;
    expect(rooms).toBe(0);
  });

  test('says when it is checked in, and not before', async () => {
    void run();
    await waitFor(() => lastAlive(stateDir) !== undefined, { what: 'a sign of life' });
    expect(hasCheckedIn(stateDir)).toBe(false);
    checkedIn = true;
    await waitFor(() => hasCheckedIn(stateDir), { what: 'the sign' });
  });

  test('makes room when it was given up', async () => {
    const kept = run();
    saveSwitch(stateDir, turnedBack(trying, { reason: 'It did not check in', at: 2 }));
    await kept;
    expect(rooms).toBe(1);
  });

  test.each([
    ['before it watches', (): void => stop.abort(new Stopped('shutdown')), false],
    ['while it watches', (): void => stop.abort(new Stopped('shutdown')), true],
  ])('says that it was asked to stop, %s', async (_, ask, watches) => {
    if (!watches) ask();
    void run();
    if (watches) ask();
    await waitFor(() => isStopping(stateDir, 42), { what: 'the sign' });
  });

  test('that is none of this process is none of its business', async () => {
    await run({ version: '1.0.0' });
    expect(rooms).toBe(0);
  });
});
