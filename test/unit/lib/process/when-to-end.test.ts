import { expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../../../src/lib/clock.ts';
import { whenToEnd, type TimeLimits } from '../../../../src/lib/process/when-to-end.ts';
import { useCleanup } from '../../../support/cleanup.ts';

const onEnd = useCleanup();
const HOUR_MS = 3_600_000;

interface Circumstances {
  readonly lastOutputAt?: () => number;
  readonly clock?: Clock;
}

function watch(limits: TimeLimits, { lastOutputAt = () => 0, clock = systemClock }: Circumstances = {}) {
  const over = new AbortController();
  const job = new AbortController();
  onEnd(() => over.abort());
  const reason = whenToEnd({ ...limits, clock, signal: job.signal }, { over: over.signal, lastOutputAt });
  return { reason, over, job };
}

test('the time limit is a reason', async () => {
  await expect(watch({ timeoutMs: 5 }).reason).resolves.toBe('timeout');
});

test('being told to stop is a reason, also when that was earlier', async () => {
  const { reason, job } = watch({ timeoutMs: HOUR_MS });
  job.abort();
  await expect(reason).resolves.toBe('stopped');
});

test('silence is a reason, counted from the last output', async () => {
  const slept: number[] = [];
  let now = 1000;
  const clock: Clock = {
    ...systemClock,
    monotonic: () => now,
    sleep: async (ms, signal) => {
      if (ms === HOUR_MS) await systemClock.sleep(ms, signal);
      else slept.push(ms);
      now += ms;
    },
  };
  const outputAt = [1000, 1400, 1400];
  const { reason } = watch(
    { timeoutMs: HOUR_MS, noOutputTimeoutMs: 500 },
    { clock, lastOutputAt: () => outputAt.shift() ?? 1400 },
  );
  await expect(reason).resolves.toBe('no-output');
  expect(slept).toEqual([500, 400]);
});

test('once it is over there is no reason any more, and no timer', async () => {
  const { reason, over } = watch({ timeoutMs: HOUR_MS, noOutputTimeoutMs: HOUR_MS });
  const why = new Error('over');
  over.abort(why);
  await expect(reason).rejects.toBe(why);
});
