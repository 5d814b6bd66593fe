import { describe, expect, test } from '@jest/globals';
import { Checkin } from '../../../../src/agent/checkin/checkin.ts';
import type { CredentialSource, Credentials } from '../../../../src/agent/identity.ts';
import { systemClock, type Clock } from '../../../../src/lib/clock.ts';
import { formatRefusal, REFUSALS } from '../../../../src/protocol/commander/refusal.ts';
import type { SeenCheckin } from '../../../support/checkin-server.ts';
import { codeOf, startCheckin, type CheckinWorld } from '../../../support/checkin-world.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { readWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();

/** Waits take no time but are remembered; after a while it stands still. */
class RecordingClock implements Clock {
  readonly waits: number[] = [];
  /** How long connections seem to last. */
  stepMs = 0;
  #elapsedMs = 0;

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return (this.#elapsedMs += this.stepMs);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms);
    await systemClock.sleep(this.waits.length < 20 ? 1 : 60_000, signal);
  }
}

/** A Close frame with code 400, as no library sends it. */
function closeIllegally({ stream }: SeenCheckin, reason: string): void {
  stream.write(Buffer.concat([Buffer.from([0x88, reason.length + 2, 0x01, 0x90]), Buffer.from(reason)]));
}

async function nextProblem({ records }: CheckinWorld): Promise<CheckinWorld['records'][number]> {
  return await waitFor(() => records.find(({ problem }) => problem !== undefined), { what: 'a problem' });
}

test('connected, the store says so, and whatever waited for the server is told', async () => {
  const { server, records, intake } = await startCheckin(onEnd);
  await server.checkin();
  expect([records.map(({ state, protocol }) => [state, protocol]), intake]).toEqual([
    [
      ['connecting', undefined],
      ['connected', 2],
    ],
    ['server is back'],
  ]);
});

test('the certificate is proven by the first thing that is heard, not by the connection alone', async () => {
  const { server, credentials } = await startCheckin(onEnd);
  const { socket } = await server.checkin();
  expect(credentials.connected).toEqual([]);
  socket.ping();
  await waitFor(() => credentials.connected.length === 1, { what: 'the proof' });
  socket.ping();
  expect([credentials.connected, credentials.failed]).toEqual([credentials.shown.slice(0, 1), []]);
});

describe('a refusal', () => {
  test.each([
    [
      'with the illegal code of the original',
      (checkin: SeenCheckin) => closeIllegally(checkin, formatRefusal(REFUSALS.unknownAgent)),
    ],
    [
      'with the code of our server',
      ({ socket }: SeenCheckin) => socket.close(1008, formatRefusal(REFUSALS.unknownAgent)),
    ],
  ])('%s says what to do, and is not hammered at', async (_, refuse) => {
    const clock = new RecordingClock();
    const world = await startCheckin(onEnd, {
      server: { onMessage: (checkin) => refuse(checkin) },
      checkin: { clock, backoff: { baseMs: 1000, capMs: 300_000 } },
    });
    expect(await nextProblem(world)).toMatchObject({
      state: 'refused',
      problem: expect.stringMatching(/enrol it again with "commander-agent enroll"/),
    });
    await waitFor(() => clock.waits.length >= 10, { what: 'ten tries' });
    expect(clock.waits.slice(0, 10)).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 150_000,
    ]);
    expect(world.records.filter(({ state }) => state === 'refused')).toHaveLength(1);
    expect(world.credentials.failed.length).toBeGreaterThan(0);
  });

  test('in two pieces is still read', async () => {
    const reason = formatRefusal(REFUSALS.unknownAgent);
    const frame = Buffer.concat([Buffer.from([0x88, reason.length + 2, 0x01, 0x90]), Buffer.from(reason)]);
    const world = await startCheckin(onEnd, {
      server: {
        onMessage: ({ stream }) => {
          stream.write(frame.subarray(0, 9), () => setImmediate(() => stream.write(frame.subarray(9))));
        },
      },
    });
    expect(await nextProblem(world)).toMatchObject({ state: 'refused' });
  });
});

describe('a connection that ends is followed by another one', () => {
  test.each<[string, (checkin: SeenCheckin) => void]>([
    ['in order', ({ socket }) => socket.close(1001)],
    ['because our pongs were not heard', ({ socket }) => socket.close(1008, 'Ping/Pong timeout')],
    ['without a word', ({ stream }) => stream.destroy()],
    [
      'in the HTTP error of a handler that failed',
      ({ stream }) => stream.write('HTTP/1.1 500 Internal Server Error\r\n\r\n'),
    ],
    ['in a page of HTML', ({ stream }) => stream.write(readWire('nginx/502.html'))],
    [
      'in a masked frame, which no server sends',
      ({ stream }) => stream.write(Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])),
    ],
    [
      'in a frame too large for anybody',
      ({ stream }) => stream.write(Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0])),
    ],
    [
      'in an illegal Close without a reason',
      ({ stream }) => stream.write(Buffer.from([0x88, 2, 0x01, 0x90])),
    ],
  ])('%s', async (_, end) => {
    const world = await startCheckin(onEnd);
    end(await world.server.checkin());
    await world.server.checkin(1);
    const { problem, state } = await nextProblem(world);
    expect({ state, isSaid: problem !== '' }).toEqual({ state: 'connecting', isSaid: true });
    expect(world.credentials.failed).toEqual([]);
  });

  test('also when the server keeps the TCP connection open after its Close, as the original does', async () => {
    const world = await startCheckin(onEnd);
    const { stream } = await world.server.checkin();
    const begun = performance.now();
    stream.write(Buffer.from([0x88, 2, 0x03, 0xe9]));
    await world.server.checkin(1);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('a server that falls silent', () => {
  test('is given up after the limit, and connected to anew', async () => {
    const world = await startCheckin(onEnd, { checkin: { silenceLimitMs: 200 } });
    await world.server.checkin(1);
    expect(await nextProblem(world)).toMatchObject({ problem: 'The server was silent for 0.2 s' });
  });

  test('is not suspected while it pings', async () => {
    const world = await startCheckin(onEnd, { checkin: { silenceLimitMs: 400 } });
    const { socket } = await world.server.checkin();
    const pings = setInterval(() => socket.ping(), 50);
    onEnd(() => clearInterval(pings));
    const begun = performance.now();
    await waitFor(() => performance.now() - begun > 1000, { what: 'more than twice the limit' });
    expect(world.server.checkins).toHaveLength(1);
  });
});

describe('tries are spread and counted', () => {
  test('longer and longer while nobody is there, and told once', async () => {
    const clock = new RecordingClock();
    const world = await startCheckin(onEnd, {
      checkin: { clock, backoff: { baseMs: 1000, capMs: 300_000 } },
    });
    const { http } = world.server;
    await world.server.checkin();
    await http.stop();
    await waitFor(() => clock.waits.length >= 12, { what: 'twelve tries' });
    expect(clock.waits.slice(8, 12)).toEqual([128_000, 150_000, 150_000, 150_000]);
    expect(
      world.log.filter(({ level, evt }) => level === 'warn' && evt === 'checkin.failed').length,
    ).toBeLessThan(4);
    expect(world.credentials.failed).toEqual([]);
  });

  test('a connection that is closed at once is no success', async () => {
    const clock = new RecordingClock();
    await startCheckin(onEnd, {
      server: { onMessage: ({ socket }) => socket.close(1001) },
      checkin: { clock, spreadMs: 1_000_000, backoff: { baseMs: 1000, capMs: 300_000 } },
    });
    await waitFor(() => clock.waits.length >= 4, { what: 'four tries' });
    expect(clock.waits.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
  });

  test('one that lasted is; and those who lost it together come back apart', async () => {
    const clock = new RecordingClock();
    clock.stepMs = 30_000;
    await startCheckin(onEnd, {
      server: { onMessage: ({ socket }) => socket.close(1001) },
      checkin: { clock, spreadMs: 60_000, backoff: { baseMs: 1000, capMs: 300_000 } },
    });
    await waitFor(() => clock.waits.length >= 3, { what: 'three tries' });
    expect(clock.waits.slice(0, 3)).toEqual([30_500, 30_500, 30_500]);
  });

  test.each([
    [100, 50_500],
    [1, 30_500],
  ])(
    'a server that spreads them over %d s is heeded, if that is longer than our own 60 s',
    async (told, waitMs) => {
      const clock = new RecordingClock();
      clock.stepMs = 30_000;
      await startCheckin(onEnd, {
        server: {
          onMessage: ({ socket }) => socket.close(1001),
          headers: [`Commander-Return-Spread: ${told}`],
        },
        checkin: { clock, spreadMs: 60_000, backoff: { baseMs: 1000, capMs: 300_000 } },
      });
      await waitFor(() => clock.waits.length >= 2, { what: 'two tries' });
      expect(clock.waits.slice(0, 2)).toEqual([waitMs, waitMs]);
    },
  );

  test('a server that says when to come back is not asked before', async () => {
    const clock = new RecordingClock();
    await startCheckin(onEnd, {
      server: {
        intercept: (stream) => {
          stream.end('HTTP/1.1 503 Busy\r\nRetry-After: 120\r\n\r\n');
          return true;
        },
      },
      checkin: { clock, backoff: { baseMs: 1000, capMs: 300_000 } },
    });
    await waitFor(() => clock.waits.length >= 2, { what: 'two tries' });
    expect(clock.waits.slice(0, 2)).toEqual([120_500, 121_000]);
  });
});

test('a new certificate is shown by a new connection, at once', async () => {
  const { server, checkin, log } = await startCheckin(onEnd, {
    checkin: { backoff: { baseMs: 60_000, capMs: 60_000 } },
  });
  await server.checkin();
  await checkin.reconnect();
  await server.checkin(1);
  expect([server.checkins[0]?.closed?.code, log.filter(({ evt }) => evt === 'checkin.failed')]).toEqual([
    1000,
    [],
  ]);
});

test('one that was renewed while we were connecting is not left waiting', async () => {
  const pairs: Credentials[] = [];
  const credentials: CredentialSource = {
    toTry: () => pairs[Math.min(asked++, 1)] as Credentials, // the second from the second question on
    proven: () => pairs[0] as Credentials,
    connected: () => undefined,
    failed: () => undefined,
  };
  let asked = 0;
  const world = await startCheckin(onEnd, {
    checkin: { credentials },
    prepare: async ({ http }) => {
      pairs.push(await http.credentials('old'), await http.credentials('new'));
    },
  });
  await waitFor(() => world.server.checkins.some(({ heard }) => heard.length > 0), { what: 'a hello' });
  expect(world.server.checkins.map(({ peer, heard }) => [peer, heard.length])).toEqual([
    ['old', 0],
    ['new', 1],
  ]);
});

test('a certificate that is refused is told from a network that is down', async () => {
  const world = await startCheckin(onEnd, {
    server: {
      intercept: (stream, count) => {
        if (count === 1) stream.end('HTTP/1.1 400 Bad Request\r\nCommander-Certificate: expired\r\n\r\n');
        return count === 1;
      },
    },
  });
  await world.server.checkin();
  expect(world.credentials.failed).toHaveLength(1);
  expect(codeOf(world.log.find(({ evt }) => evt === 'checkin.failed')?.fields)).toBe('SERVER_REFUSED');
});

test('a defect of ours is not taken for trouble with the network', async () => {
  const { server, stop } = await startCheckin(onEnd);
  await server.checkin();
  await stop();
  const defect = new Error('a defect');
  const broken = new Checkin({
    ...({} as ConstructorParameters<typeof Checkin>[0]),
    clock: systemClock,
    random: () => 0,
    credentials: {
      toTry: () => {
        throw defect;
      },
    } as never,
  });
  await expect(broken.run(new AbortController().signal)).rejects.toBe(defect);
});
