import { expect, test } from '@jest/globals';
import { persist, type PersistOptions } from '../../../../../src/agent/update/download/persist.ts';
import { AppError, type ErrorCode } from '../../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../../src/lib/log.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

const failure = (code: ErrorCode, retryable = true): AppError => new AppError(code, 'x', { retryable });

/** Persists in `work` for a day of which each wait is the longest it can be, and gives back what came of it. */
async function aDayOf(
  work: (progressed: () => void) => void,
  more: Partial<PersistOptions> = {},
): Promise<{ tries: number; outcome: unknown; clock: VirtualClock }> {
  const clock = new VirtualClock('2026-11-23T08:00:00Z');
  const { signal } = new AbortController();
  const options = { clock, random: () => 0.999, log: silentLogger, signal, patienceMs: 3_600_000, ...more };
  let tries = 0;
  let outcome: unknown;
  const trying = persist(async (progressed) => {
    tries += 1;
    await Promise.resolve();
    work(progressed);
    return 'done';
  }, options).then(
    (value) => (outcome = value),
    (error: unknown) => (outcome = error),
  );
  void clock.sleep(2 * 86_400_000);
  await clock.advance(86_400_000);
  if (outcome !== undefined) await trying;
  return { tries, outcome, clock };
}

test('what succeeds is done once', async () => {
  expect(await aDayOf(() => undefined)).toMatchObject({ tries: 1, outcome: 'done' });
});

test('a server that is away is tried for as long as patience lasts', async () => {
  const { tries, outcome } = await aDayOf(() => {
    throw failure('SERVER_UNREACHABLE');
  });
  expect(outcome).toMatchObject({ code: 'SERVER_UNREACHABLE' });
  expect(tries).toBeGreaterThan(12);
});

test('one that answers with errors is tried five times', async () => {
  const { tries, outcome } = await aDayOf(() => {
    throw failure('SERVER_ERROR');
  });
  expect(outcome).toMatchObject({ code: 'SERVER_ERROR' });
  expect(tries).toBe(5);
});

test('progress makes patience and attempts begin anew', async () => {
  let left = 20;
  const { tries, outcome } = await aDayOf((progressed) => {
    progressed();
    if (left-- > 0) throw failure('SERVER_ERROR');
  });
  expect({ tries, outcome }).toEqual({ tries: 21, outcome: 'done' });
});

test.each([failure('RELEASE_UNTRUSTED', false), new TypeError('x')])(
  '%s is not tried again',
  async (error) => {
    const { tries, outcome } = await aDayOf(() => {
      throw error;
    });
    expect({ tries, outcome }).toEqual({ tries: 1, outcome: error });
  },
);

test('being told to stop ends it with the reason', async () => {
  const reason = new Error('enough');
  const { outcome } = await aDayOf(
    () => {
      throw failure('SERVER_UNREACHABLE');
    },
    { signal: AbortSignal.abort(reason) },
  );
  expect(outcome).toBe(reason);
});
