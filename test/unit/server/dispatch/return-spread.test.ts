import { beforeEach, describe, expect, test } from '@jest/globals';
import { ReturnSpread } from '../../../../src/server/dispatch/return-spread.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

describe('ReturnSpread', () => {
  const PER_TURN = 1000;
  let clock: SettableClock;
  let agents: number;
  let counts: number;
  let spread: ReturnSpread;

  beforeEach(() => {
    clock = new SettableClock();
    agents = 100;
    counts = 0;
    spread = new ReturnSpread({
      clock,
      agents: {
        count: () => {
          counts += 1;
          return agents < 0 ? Promise.reject(new Error('disk')) : Promise.resolve(agents);
        },
      },
    });
  });

  async function counted(): Promise<number> {
    spread.seconds();
    await new Promise((resolve) => setImmediate(resolve));
    return spread.seconds();
  }

  test.each([
    [0, 0],
    [4, 0],
    [100, 20],
    [1500, 300],
    [50_000, 300],
  ])('of %d agents is %d s', async (count, seconds) => {
    agents = count;
    expect(await counted()).toBe(seconds);
  });

  test('is counted once a minute, whoever asks', async () => {
    for (let asked = 0; asked < 10; asked += 1) await counted();
    expect(counts).toBe(1);
    agents = 200;
    clock.advance(60_000);
    expect(await counted()).toBe(40);
    expect(counts).toBe(2);
  });

  test('stays as it was when the agents cannot be counted', async () => {
    await counted();
    agents = -1;
    clock.advance(60_000);
    expect(await counted()).toBe(20);
  });

  test('lets 2,000 agents come back without a peak (FAULTS 6)', async () => {
    agents = 2000;
    const seconds = await counted();
    const random = sequence();
    const perSecond = new Array<number>(300).fill(0);
    for (let agent = 0; agent < agents; agent += 1) {
      const second = Math.floor(random() * seconds);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    expect(Math.max(...perSecond) / (agents / 300)).toBeLessThan(3);
  });

  /** Numbers in [0, 1), the same at each run. */
  function sequence(): () => number {
    let state = 1;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state % (PER_TURN * PER_TURN)) / (PER_TURN * PER_TURN);
    };
  }
});
