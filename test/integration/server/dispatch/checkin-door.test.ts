import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { CheckinDoor } from '../../../../src/server/dispatch/checkin-door.ts';
import { Checkins } from '../../../../src/server/dispatch/checkins.ts';
import { JobEnds } from '../../../../src/server/dispatch/job-ends.ts';
import type { Peer } from '../../../../src/server/listener/peer.ts';
import type { ServerStore } from '../../../../src/store/server/open-server-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { agentRecord, jobRecord, openTestStore } from '../../../support/server-records.ts';
import { NOTHING_DESIRED, NO_LOGS } from '../../../support/nothing-desired.ts';
import { waitFor } from '../../../support/wait-for.ts';

const HELLO = JSON.stringify({ 'Agent-ID': 'agent-1' });
const PEER = { kind: 'agent', subject: 'agent-1', serial: '1', publicKeyHash: 'k', expiresAt: 0 } as const;
const PING_INTERVAL_MS = 100;

describe('the door of check-ins', () => {
  const onEnd = useCleanup();
  let store: ServerStore;
  let checkins: Checkins;
  let gone: string[];
  let door: CheckinDoor;
  let server: Server;
  let peer: Peer;

  beforeEach(async () => {
    store = openTestStore(onEnd);
    const { agents, jobs } = store;
    await agents.add(agentRecord());
    checkins = new Checkins();
    gone = [];
    peer = PEER;
    door = new CheckinDoor({
      agents,
      jobs,
      ends: new JobEnds({ jobs, clock: systemClock, onEnd: () => undefined }),
      desired: NOTHING_DESIRED,
      logs: { ...NO_LOGS, gone: (agentID) => gone.push(agentID) },
      checkins,
      smallArchives: () => Promise.resolve({}),
      clock: systemClock,
      log: silentLogger,
      pingIntervalMs: PING_INTERVAL_MS,
    });
    server = createServer();
    server.on('upgrade', (request, socket, head) => door.admit({ request, socket, head, peer }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    door.close();
    server.close();
    server.closeAllConnections();
  });

  function connect(options: { autoPong?: boolean; headers?: Record<string, string> } = {}): WebSocket {
    const { port } = server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, options);
    onEnd(() => socket.terminate());
    return socket;
  }

  async function checkIn(options: Parameters<typeof connect>[0] = {}): Promise<WebSocket> {
    const socket = connect(options);
    await once(socket, 'open');
    socket.send(HELLO);
    await waitFor(() => checkins.isConnected('agent-1'), { what: 'the check-in' });
    return socket;
  }

  const closeOf = async (socket: WebSocket): Promise<[number, string]> =>
    await new Promise((resolve) => {
      socket.on('error', () => undefined); // a close follows
      socket.once('close', (code, reason) => resolve([code, reason.toString()]));
    });

  test('offers no compression and no subprotocol, and answers protocol 2 with its headers alone', async () => {
    for (const [headers, answer] of [
      [{}, undefined],
      [{ 'Commander-Protocol': '2' }, '2'],
      [{ 'Commander-Protocol': '3' }, undefined],
    ] as const) {
      const socket = connect({ headers });
      const [upgrade] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')]);
      const { headers: received } = upgrade[0] as IncomingMessage;
      expect(received['commander-protocol']).toBe(answer);
      expect(received['commander-return-spread']).toBe(answer === undefined ? undefined : '0');
      expect([socket.extensions, socket.protocol]).toEqual(['', '']);
      socket.terminate();
    }
  });

  test('keeps an agent that answers pings, also one that has not said a word yet', async () => {
    const silent = connect();
    await once(silent, 'open');
    const socket = await checkIn();
    let pings = 0;
    silent.on('ping', (data: Buffer) => (pings += data.length === 0 ? 1 : 0));
    await waitFor(() => pings >= 5, { what: 'pings' });
    expect([socket.readyState, silent.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    expect(checkins.isConnected('agent-1')).toBe(true);
  });

  test('lets go of an agent that leaves two pings unanswered', async () => {
    const begun = performance.now();
    const socket = await checkIn({ autoPong: false });
    expect(await closeOf(socket)).toEqual([1008, 'Ping/Pong timeout']);
    expect(performance.now() - begun).toBeGreaterThan(2.5 * PING_INTERVAL_MS);
    expect(checkins.count).toBe(0);
  });

  test('notes when an agent was last there', async () => {
    const socket = await checkIn();
    const seen = (await store.agents.get('agent-1'))?.lastSeenAt ?? Infinity;
    await waitFor(() => Date.now() > seen, { what: 'the clock to go on' });
    socket.close();
    await waitFor(async () => ((await store.agents.get('agent-1'))?.lastSeenAt ?? 0) > seen, {
      what: 'its leaving to be noted',
    });
    expect(checkins.count).toBe(0);
  });

  test('does not keep one that has gone before it was known', async () => {
    for (let count = 0; count < 20; count++) {
      const socket = connect();
      await once(socket, 'open');
      socket.send(HELLO);
      socket.terminate();
    }
    await checkIn();
    await waitFor(() => checkins.count === 1, { what: 'one check-in' });
    const socket = await checkIn();
    socket.close();
    await waitFor(() => checkins.count === 0, { what: 'no check-in' });
  });

  test('hears an ack that came just before the close', async () => {
    await store.jobs.add(jobRecord());
    const socket = connect();
    socket.once('open', () => socket.send(HELLO));
    await once(socket, 'message');
    socket.send('ack');
    socket.close();
    await waitFor(async () => (await store.jobs.get('job-1'))?.state === 'accepted', { what: 'the ack' });
  });

  test('takes no frame of more than a megabyte', async () => {
    const socket = await checkIn();
    socket.send('x'.repeat(1024 * 1024 + 1));
    expect((await closeOf(socket))[0]).toBe(1009);
    await waitFor(() => checkins.count === 0, { what: 'no check-in' });
  });

  test('sends a push that is larger than the socket takes at once, whole', async () => {
    const job = jobRecord();
    const argv = ['x'.repeat(12 * 1024 * 1024)];
    await store.jobs.add({ ...job, assignment: { ...job.assignment, argv } });
    const socket = connect();
    socket.once('open', () => socket.send(HELLO));
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect((JSON.parse(data.toString()) as { jobs: [{ argv: string[] }] }).jobs[0].argv).toEqual(argv);
  });

  test.each([{ kind: 'none' }, { kind: 'invalid', problem: 'expired' }] as const)(
    'stays shut for a peer that is %j',
    async (stranger) => {
      peer = stranger;
      const socket = connect();
      await closeOf(socket);
      expect(checkins.count).toBe(0);
    },
  );

  test('sends all away when the server stops, and lets nobody in any more', async () => {
    const socket = await checkIn();
    door.close();
    expect(await closeOf(socket)).toEqual([1001, 'server is stopping']);
    await closeOf(connect());
    expect(checkins.count).toBe(0);
  });
});
