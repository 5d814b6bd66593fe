import { beforeEach, describe, expect, test } from '@jest/globals';
import { judge, type ProbationLimits, type Verdict } from '../../../../../src/agent/update/switch/judge.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

const SECOND = 1000;
const LIMITS = { probationMs: 90 * SECOND, hangMs: 30 * SECOND, checkinMs: 60 * SECOND };

describe('A version on probation', () => {
  let clock: VirtualClock;
  let suspect: {
    alive: boolean;
    seen: boolean;
    beats: boolean;
    checkedIn: boolean;
    stopping: boolean;
    stopsWhenLookedAt: boolean;
  };
  let network: boolean;
  let slow: boolean;

  beforeEach(() => {
    clock = new VirtualClock('2026-11-23T12:00:00Z');
    suspect = {
      alive: true,
      seen: true,
      beats: true,
      checkedIn: false,
      stopping: false,
      stopsWhenLookedAt: false,
    };
    network = true;
    slow = false;
  });

  interface Trial {
    readonly verdict: () => Verdict | undefined;
    pass(ms: number): Promise<void>;
  }

  function tryIt(limits: Partial<ProbationLimits> = {}): Trial {
    let verdict: Verdict | undefined;
    const over = judge({
      ...{ ...LIMITS, ...limits },
      suspect: {
        isAlive: () => {
          suspect.stopping ||= suspect.stopsWhenLookedAt;
          return Promise.resolve(suspect.alive);
        },
        heartbeat: () => (suspect.seen ? (suspect.beats ? clock.monotonic() : 0) : undefined),
        hasCheckedIn: () => suspect.checkedIn,
        isStopping: () => suspect.stopping,
      },
      reachesServer: async () => {
        if (slow) await clock.sleep(8 * SECOND);
        return network;
      },
      clock,
      signal: new AbortController().signal,
    }).then((found) => (verdict = found));
    void clock.sleep(24 * 3600 * SECOND); // time goes on also after the verdict
    return {
      verdict: () => verdict,
      pass: async (ms) => {
        await clock.advance(ms);
        if (verdict !== undefined) await over;
      },
    };
  }

  test('is proven when it has been checked in for its time', async () => {
    const trial = tryIt();
    await trial.pass(10 * SECOND);
    suspect.checkedIn = true;
    await trial.pass(89 * SECOND);
    expect(trial.verdict()).toBeUndefined();
    await trial.pass(2 * SECOND);
    expect(trial.verdict()).toEqual({ kind: 'proven' });
  });

  test.each([
    ['at once', 0],
    ['after a minute, checked in', 65 * SECOND],
  ])('that crashes %s is bad within a second', async (_, afterMs) => {
    const trial = tryIt();
    suspect.checkedIn = true;
    await trial.pass(afterMs);
    suspect.alive = false;
    await trial.pass(SECOND);
    expect(trial.verdict()).toMatchObject({ kind: 'bad', why: 'crashed' });
  });

  test('that ends before it gave any sign of life may have been asked to', async () => {
    suspect.seen = suspect.alive = false;
    const trial = tryIt();
    await trial.pass(SECOND);
    expect(trial.verdict()).toEqual({ kind: 'unseen' });
  });

  test('that says on its way out that it was asked to stop is heard', async () => {
    const trial = tryIt();
    await trial.pass(SECOND);
    suspect.alive = false;
    suspect.stopsWhenLookedAt = true;
    await trial.pass(SECOND);
    expect(trial.verdict()).toEqual({ kind: 'adjourned' });
  });

  test('that hangs is bad, checked in or not', async () => {
    const trial = tryIt();
    suspect.checkedIn = true;
    await trial.pass(10 * SECOND);
    suspect.beats = false;
    await trial.pass(29 * SECOND);
    expect(trial.verdict()).toBeUndefined();
    await trial.pass(2 * SECOND);
    expect(trial.verdict()).toEqual({
      ...{ kind: 'bad', why: 'hangs' },
      reason: 'It gave no sign of life for 30 s',
    });
  });

  test('that hangs at the end of its time is not proven, also when there is more patience with silence than that', async () => {
    const trial = tryIt({ hangMs: 300 * SECOND });
    suspect.checkedIn = true;
    await trial.pass(80 * SECOND);
    suspect.beats = false;
    await trial.pass(200 * SECOND);
    expect(trial.verdict()).toBeUndefined();
    await trial.pass(101 * SECOND);
    expect(trial.verdict()).toMatchObject({ kind: 'bad', why: 'hangs' });
  });

  test('that does not check in with a server that is there is bad', async () => {
    const trial = tryIt();
    await trial.pass(59 * SECOND);
    expect(trial.verdict()).toBeUndefined();
    await trial.pass(2 * SECOND);
    expect(trial.verdict()).toMatchObject({ kind: 'bad', why: 'no-checkin' });
  });

  test('waits as long as the network is away, and is judged when it is back', async () => {
    network = false;
    const trial = tryIt();
    await trial.pass(3600 * SECOND);
    expect(trial.verdict()).toBeUndefined();
    network = true;
    await trial.pass(300 * SECOND); // it may pause for so long
    expect(trial.verdict()).toBeUndefined();
    await trial.pass(65 * SECOND);
    expect(trial.verdict()).toMatchObject({ kind: 'bad', why: 'no-checkin' });
  });

  test('is given time when the network comes back just before its own is over', async () => {
    const trial = tryIt();
    await trial.pass(20 * SECOND);
    network = false;
    await trial.pass(35 * SECOND);
    network = true;
    await trial.pass(300 * SECOND);
    expect(trial.verdict()).toBeUndefined();
    suspect.checkedIn = true;
    await trial.pass(91 * SECOND);
    expect(trial.verdict()).toEqual({ kind: 'proven' });
  });

  test('is not judged by an answer that was held up', async () => {
    slow = true;
    const trial = tryIt();
    await trial.pass(300 * SECOND);
    expect(trial.verdict()).toBeUndefined();
  });

  test('that comes back with the network is proven', async () => {
    network = false;
    const trial = tryIt();
    await trial.pass(3600 * SECOND);
    network = suspect.checkedIn = true;
    await trial.pass(91 * SECOND);
    expect(trial.verdict()).toEqual({ kind: 'proven' });
  });

  test('that is asked to stop is not judged', async () => {
    const trial = tryIt();
    suspect.stopping = true;
    suspect.alive = false;
    await trial.pass(SECOND);
    expect(trial.verdict()).toEqual({ kind: 'adjourned' });
  });
});

test('a machine that slept is no version that hangs', async () => {
  let now = 0;
  let looks = 0;
  const asleep = { now: () => now, monotonic: () => now };
  const verdict = await judge({
    ...LIMITS,
    suspect: {
      isAlive: () => Promise.resolve(true),
      heartbeat: () => 0,
      hasCheckedIn: () => false,
      isStopping: () => (looks += 1) > 3,
    },
    reachesServer: () => Promise.resolve(true),
    clock: {
      ...asleep,
      sleep: () => Promise.resolve(void (now += 8 * 3600 * SECOND)),
    },
    signal: new AbortController().signal,
  });
  expect(verdict).toEqual({ kind: 'adjourned' });
});
