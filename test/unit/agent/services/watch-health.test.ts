import { describe, expect, test } from '@jest/globals';
import { watchHealth } from '../../../../src/agent/services/watch-health.ts';
import type { Probe } from '../../../../src/protocol/schemas/desired.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

interface Watched {
  /** Seconds after the beginning. */
  readonly healthyAt: () => number | undefined;
  readonly sickAt: () => number | undefined;
  readonly askedAt: readonly number[];
  readonly sick: () => string | undefined;
}

interface Setting {
  readonly probe?: Probe;
  readonly upMs?: number;
  readonly wasHealthy?: boolean;
  /** What the service answers so many seconds after the beginning. */
  readonly answer?: (second: number) => string | undefined;
}

async function watch(seconds: number, setting: Setting): Promise<Watched> {
  const { probe, upMs = 0, wasHealthy = false, answer = () => undefined } = setting;
  const clock = new VirtualClock('2026-11-23T08:00:00Z');
  const stop = new AbortController();
  const second = (): number => clock.monotonic() / 1000;
  const askedAt: number[] = [];
  let [healthyAt, sickAt]: (number | undefined)[] = [];
  let sick: string | undefined;
  const over = watchHealth({
    ...{ probe, upMs, wasHealthy, clock, signal: stop.signal, startupProbeMs: 1_000 },
    ask: () => {
      askedAt.push(second());
      return Promise.resolve(answer(second()));
    },
    onHealthy: () => (healthyAt = second()),
  }).then((problem) => {
    [sick, sickAt] = [problem, problem === undefined ? undefined : second()];
  });
  // Something that sleeps must be left for the clock when the watch is over.
  const rest = clock.sleep(seconds * 2000, stop.signal).catch(() => undefined);
  await clock.advance(seconds * 1000);
  stop.abort();
  await Promise.all([over.catch(() => undefined), rest]);
  return { askedAt, healthyAt: () => healthyAt, sickAt: () => sickAt, sick: () => sick };
}

const TCP: Probe = { kind: 'tcp', port: 80, intervalSeconds: 10 };

describe('a service without a probe', () => {
  test.each<[string, Setting, number | undefined]>([
    ['when it has lived for two seconds', {}, 2],
    ['for as long as is said', { probe: { kind: 'process', startupSeconds: 5 } }, 5],
    ['counted from when it began', { upMs: 1_500 }, 0.5],
    ['at once when it began long ago', { upMs: 60_000 }, 0],
    ['and that is not told twice', { wasHealthy: true }, undefined],
  ])('is healthy %s', async (_, setting, at) => {
    const { healthyAt, sick } = await watch(30, setting);
    expect([healthyAt(), sick()]).toEqual([at, undefined]);
  });
});

describe('a service with a probe', () => {
  test('is asked each second until it is healthy, and then at its interval', async () => {
    const { askedAt, healthyAt } = await watch(25, {
      probe: TCP,
      answer: (second) => (second < 3 ? 'refused' : undefined),
    });
    expect([askedAt, healthyAt()]).toEqual([[0, 1, 2, 3, 13, 23], 3]);
  });

  test('needs so many good answers in a row', async () => {
    const { healthyAt } = await watch(10, {
      probe: { ...TCP, successThreshold: 3 },
      answer: (second) => (second === 2 ? 'refused' : undefined),
    });
    expect(healthyAt()).toBe(5);
  });

  test('falls ill after so many bad answers in a row', async () => {
    const { sickAt, sick } = await watch(200, {
      probe: { ...TCP, failureThreshold: 2 },
      answer: (second) => ([10, 30, 40].includes(second) ? `refused at ${second}` : undefined),
    });
    expect([sickAt(), sick()]).toEqual([40, 'its probe says: refused at 40']);
  });

  test.each<[string, Setting, number]>([
    ['thirty seconds', { probe: TCP }, 32],
    ['as long as is said', { probe: { ...TCP, startupSeconds: 5 } }, 7],
    ['what is left of that', { probe: TCP, upMs: 28_000 }, 4],
  ])('has %s to begin, in which bad answers do not count', async (_, setting, at) => {
    const { sickAt } = await watch(60, { ...setting, answer: () => 'refused' });
    expect(sickAt()).toBe(at);
  });

  test('that was healthy already has no such time', async () => {
    const { sickAt, healthyAt } = await watch(60, { probe: TCP, wasHealthy: true, answer: () => 'refused' });
    expect([sickAt(), healthyAt()]).toEqual([20, undefined]);
  });
});
