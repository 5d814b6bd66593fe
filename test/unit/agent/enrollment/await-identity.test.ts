import { describe, expect, test } from '@jest/globals';
import { awaitIdentity, type AwaitIdentityOptions } from '../../../../src/agent/enrollment/await-identity.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import type { EnrollOrder } from '../../../../src/protocol/endpoint.ts';

interface Script {
  /** What has been left word of at each look; the last one stays. */
  orders?: (EnrollOrder | undefined)[];
  enroll?: (order: EnrollOrder) => Promise<unknown>;
  /** Enrolled by hand after this many waits. */
  enrolledAfter?: number;
  stop?: AbortController;
}

function makeOptions({ orders = [undefined], enroll, enrolledAfter, stop }: Script): {
  options: AwaitIdentityOptions;
  waits: number[];
  asked: EnrollOrder[];
  /** What an administrator finds in the log as an error. */
  errors: string[];
} {
  const [waits, asked, errors]: [number[], EnrollOrder[], string[]] = [[], [], []];
  let enrolled = false;
  let looks = 0;
  const options: AwaitIdentityOptions = {
    folder: {
      enrolledWith: () => (enrolled || waits.length === enrolledAfter ? 'https://s' : undefined),
    },
    findOrder: () => Promise.resolve(orders[Math.min(looks++, orders.length - 1)]),
    enroll: async (order) => {
      asked.push(order);
      await enroll?.(order);
      enrolled = true;
    },
    clock: {
      now: () => 0,
      monotonic: () => 0,
      sleep: (ms, signal) => {
        waits.push(ms);
        if (waits.length === 20) stop?.abort(new Stopped('shutdown'));
        return signal?.aborted === true ? Promise.reject(signal.reason as Error) : Promise.resolve();
      },
    },
    random: () => 0.5,
    log: { ...silentLogger, error: (evt) => void errors.push(evt) },
  };
  return { options, waits, asked, errors };
}

const never = new AbortController().signal;

test('an endpoint with an identity is not waited for', async () => {
  const { options, waits } = makeOptions({ enrolledAfter: 0 });
  await awaitIdentity(options, never);
  expect(waits).toEqual([]);
});

test('it is looked for until somebody has enrolled it by hand', async () => {
  const { options, waits } = makeOptions({ enrolledAfter: 3 });
  await awaitIdentity(options, never);
  expect(waits).toEqual([15_000, 15_000, 15_000]);
});

test('it joins as soon as there is word how to', async () => {
  const { options, asked } = makeOptions({ orders: [undefined, { token: 't' }] });
  await awaitIdentity(options, never);
  expect(asked).toEqual([{ token: 't' }]);
});

describe('what fails', () => {
  test('for a while is tried again, less and less often', async () => {
    let failures = 3;
    const { options, waits, asked, errors } = makeOptions({
      orders: [{ token: 't' }],
      enroll: () =>
        failures-- > 0
          ? Promise.reject(new AppError('SERVER_UNREACHABLE', 'Away', { retryable: true }))
          : Promise.resolve(),
    });
    await awaitIdentity(options, never);
    expect(asked).toHaveLength(4);
    expect(waits).toEqual([15_000, 30_000, 60_000]);
    expect(errors).toEqual(Array(3).fill('identity.not-enrolled'));
  });

  test('for good is not tried again, until there is other word', async () => {
    const { options, waits, asked } = makeOptions({
      orders: [{ token: 'bad' }, { token: 'bad' }, { token: 'good' }],
      enroll: ({ token }) =>
        token === 'bad' ? Promise.reject(new AppError('TOKEN_INVALID', 'No')) : Promise.resolve(),
    });
    await awaitIdentity(options, never);
    expect(asked).toEqual([{ token: 'bad' }, { token: 'good' }]);
    expect(waits).toEqual([15_000]);
  });
});

test('it ends when asked to', async () => {
  const stop = new AbortController();
  const { options } = makeOptions({ stop });
  await expect(awaitIdentity(options, stop.signal)).rejects.toMatchObject({ why: 'shutdown' });
});

test('asked to in the middle of joining it ends, and that is no failure', async () => {
  const stop = new AbortController();
  const { options, asked, errors } = makeOptions({
    orders: [{ token: 't' }],
    enroll: () => {
      stop.abort(new Stopped('shutdown'));
      return Promise.reject(new AppError('SERVER_UNREACHABLE', 'Away', { cause: stop.signal.reason }));
    },
  });
  await expect(awaitIdentity(options, stop.signal)).rejects.toThrow('Away');
  expect([asked.length, errors]).toEqual([1, []]);
});
