import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../../src/lib/errors.ts';
import type { UnitState } from '../../../../src/protocol/schemas/desired.ts';
import { startCheckin } from '../../../support/checkin-world.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { parseWire, readWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();

const job = (jobID: string): object => ({ jobID, executor: 'sh', filename: `${jobID}.sh` });
const push = (...jobs: unknown[]): string => JSON.stringify({ jobs });

describe('the first thing said', () => {
  test('to an original is the ID and nothing else', async () => {
    const { server } = await startCheckin(onEnd, { server: { protocol: 1 } });
    expect((await server.checkin()).heard).toEqual(['{"Agent-ID":"agent-1"}']);
  });

  test('to our server is all that it may know', async () => {
    const { server } = await startCheckin(onEnd);
    expect((await server.checkin()).heard).toEqual(['{"Agent-ID":"agent-1","protocol":2,"holding":[]}']);
  });
});

describe.each([
  [1, ['ack']],
  [2, ['{"kind":"ack","jobIDs":["a","b"]}']],
] as const)('in protocol %d', (protocol, ack) => {
  test('a push is taken, then acked once', async () => {
    const { server, accepted } = await startCheckin(onEnd, { server: { protocol } });
    const checkin = await server.checkin();
    checkin.socket.send(push(job('a'), job('b')));
    await waitFor(() => checkin.heard.length > 1, { what: 'the ack' });
    expect([accepted, checkin.heard.slice(1)]).toEqual([[job('a'), job('b')], ack]);
  });

  test('a push that comes again is acked again', async () => {
    const { server } = await startCheckin(onEnd, { server: { protocol } });
    const checkin = await server.checkin();
    for (let sent = 0; sent < 3; sent++) checkin.socket.send(push(job('a'), job('b')));
    await waitFor(() => checkin.heard.length >= 4, { what: 'three acks' });
    expect(checkin.heard.slice(1)).toEqual([...ack, ...ack, ...ack]);
  });

  test('what the journal could not keep is not acked, and the connection is given up', async () => {
    let isFull = true;
    const { server, accepted, log } = await startCheckin(onEnd, {
      server: { protocol },
      accept: () => {
        if (isFull) throw new AppError('STATE_UNWRITABLE', 'The disk is full', { retryable: true });
      },
    });
    const first = await server.checkin();
    first.socket.send(push(job('a'), job('b')));
    const second = await server.checkin(1);
    isFull = false;
    second.socket.send(push(job('a'), job('b')));
    await waitFor(() => second.heard.length > 1, { what: 'the ack' });
    expect([first.heard.length, accepted.length]).toEqual([1, 2]);
    expect(log).toContainEqual(expect.objectContaining({ level: 'warn', evt: 'checkin.failed' }));
  });
});

describe('a job whose file name is a path', () => {
  test('does not hide the good ones beside it', async () => {
    const { server, accepted, log } = await startCheckin(onEnd);
    const checkin = await server.checkin();
    checkin.socket.send(push({ ...job('bad'), filename: '../x' }, job('a'), null, 7));
    await waitFor(() => checkin.heard.length > 1, { what: 'the ack' });
    expect([accepted, checkin.heard[1]]).toEqual([[job('a')], '{"kind":"ack","jobIDs":["a"]}']);
    expect(log.filter(({ evt }) => evt === 'checkin.job-rejected')).toHaveLength(3);
  });

  test('is acked where an ack is for all: it would come again for ever, before all others', async () => {
    const { server, accepted } = await startCheckin(onEnd, { server: { protocol: 1 } });
    const checkin = await server.checkin();
    checkin.socket.send(readWire('frames/push-traversal.json'));
    await waitFor(() => checkin.heard.length > 1, { what: 'the ack' });
    expect([accepted, checkin.heard[1]]).toEqual([[], 'ack']);
  });

  test('is left unacked by our server, which then shows it as queued', async () => {
    const { server, log } = await startCheckin(onEnd);
    const checkin = await server.checkin();
    checkin.socket.send(readWire('frames/push-traversal.json'));
    await waitFor(() => log.some(({ evt }) => evt === 'checkin.job-rejected'), { what: 'the rejection' });
    checkin.socket.send(push(job('a')));
    await waitFor(() => checkin.heard.length > 1, { what: 'the ack' });
    expect(checkin.heard.slice(1)).toEqual(['{"kind":"ack","jobIDs":["a"]}']);
  });
});

test.each(['push-one', 'push-three', 'push-non-ascii', 'push-unset-fields', 'push-library-extras'])(
  'the captured %s is taken as it is',
  async (name) => {
    const { server, accepted } = await startCheckin(onEnd, { server: { protocol: 1 } });
    const checkin = await server.checkin();
    checkin.socket.send(readWire(`frames/${name}.json`));
    await waitFor(() => checkin.heard.length > 1, { what: 'the ack' });
    expect(accepted).toEqual((parseWire(`frames/${name}.json`) as { jobs: unknown[] }).jobs);
  },
);

test('what it does not know is ignored: kinds, text, bytes', async () => {
  const { server, accepted } = await startCheckin(onEnd);
  const checkin = await server.checkin();
  for (const text of ['{"kind":"from-the-future"}', 'hello', '[]', '{"jobs":"none"}', ''])
    checkin.socket.send(text);
  checkin.socket.send(Buffer.from(push(job('bytes'))), { binary: true });
  checkin.socket.send(push(job('a')));
  await waitFor(() => accepted.length > 0, { what: 'the job' });
  expect([accepted, server.checkins.length]).toEqual([[job('a')], 1]);
});

test('archives that travel ahead are handed on', async () => {
  const { server, intake } = await startCheckin(onEnd);
  const sha256 = 'ab'.repeat(32);
  (await server.checkin()).socket.send(JSON.stringify({ kind: 'archives', archives: { [sha256]: 'AAEC' } }));
  await waitFor(() => intake.includes(`archives ${sha256}`), { what: 'the archive' });
});

test('jobs are canceled', async () => {
  const { server, intake } = await startCheckin(onEnd);
  (await server.checkin()).socket.send('{"kind":"cancel","jobIDs":["a","b"]}');
  await waitFor(() => intake.includes('cancel a b'), { what: 'the cancellation' });
});

test('phases are told to our server, and never to an original', async () => {
  const ours = await startCheckin(onEnd);
  const theirs = await startCheckin(onEnd, { server: { protocol: 1 } });
  const [toUs, toThem] = [await ours.server.checkin(), await theirs.server.checkin()];
  for (const { checkin } of [ours, theirs]) checkin.announcePhase('a', 'running');
  toThem.socket.send(push(job('a')));
  await waitFor(() => toUs.heard.length > 1 && toThem.heard.length > 1, { what: 'what is said next' });
  expect([toUs.heard[1], toThem.heard[1]]).toEqual(['{"kind":"phase","jobID":"a","phase":"running"}', 'ack']);
});

test('our server hears of all units at the beginning, then of changes, and of all again when one is gone', async () => {
  const unit = { name: 'backup', kind: 'task', state: 'idle', since: 'today', archive: 'a' } as const;
  let states: UnitState[] = [unit];
  const units = {
    take: () => Promise.reject(new Error('Nothing is pushed here')),
    states: () => states,
    follow: () => Promise.resolve(),
    serverIsBack: () => undefined,
  };
  const ours = await startCheckin(onEnd, { checkin: { units } });
  const theirs = await startCheckin(onEnd, { server: { protocol: 1 }, checkin: { units } });
  const [toUs, toThem] = [await ours.server.checkin(), await theirs.server.checkin()];
  for (const { checkin } of [ours, theirs]) checkin.announceUnits([{ ...unit, state: 'running' }]);
  states = [];
  for (const { checkin } of [ours, theirs]) checkin.announceAllUnits();
  await waitFor(() => toUs.reports.length === 3, { what: 'three reports' });
  expect(toUs.reports.map((text) => JSON.parse(text) as unknown)).toEqual([
    { kind: 'units', all: true, units: [unit] },
    { kind: 'units', all: false, units: [{ ...unit, state: 'running' }] },
    { kind: 'units', all: true, units: [] },
  ]);
  toThem.socket.send(push(job('a')));
  await waitFor(() => toThem.heard.length > 1, { what: 'the ack' });
  expect(toThem.reports).toEqual([]);
});

test('with nobody connected a phase is told to nobody', async () => {
  const { checkin } = await startCheckin(onEnd, { server: { intercept: () => true } });
  expect(() => checkin.announcePhase('a', 'running')).not.toThrow();
});

test('on its way out it takes no more jobs', async () => {
  const { server, accepted, stop } = await startCheckin(onEnd);
  const checkin = await server.checkin();
  checkin.socket.send(push(job('a')));
  await waitFor(() => accepted.length === 1, { what: 'the first job' });
  const stopping = stop(); // waits for the ack to get through
  checkin.socket.send(push(job('late')));
  await stopping;
  expect([accepted, checkin.heard.length]).toEqual([[job('a')], 2]);
});

test('stopped, it says goodbye, but not in one breath with an ack, which an original would lose', async () => {
  let ackedAtMs = 0;
  const { server, stop } = await startCheckin(onEnd, {
    server: {
      protocol: 1,
      onMessage: (_, text) => {
        if (text !== 'ack') return;
        ackedAtMs = performance.now();
        void stop();
      },
    },
  });
  const checkin = await server.checkin();
  checkin.socket.send(push(job('a')));
  const closed = await waitFor(() => checkin.closed, { what: 'the goodbye' });
  expect(closed.code).toBe(1000);
  expect(closed.atMs - ackedAtMs).toBeGreaterThan(45);
});
