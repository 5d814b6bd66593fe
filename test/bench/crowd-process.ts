/** Many agents in one process, as `Crowd` asks for them: they enrol, connect with their certificates, say who they are, and wait. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { WebSocket } from 'ws';
import { connect } from '../../src/agent/checkin/connect.ts';
import type { Credentials } from '../../src/agent/identity.ts';
import { createCertificateRequest } from '../../src/lib/certificate-request.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { PATHS } from '../../src/protocol/version.ts';
import type { CrowdAnswer, CrowdOrder, EnrolOrder } from './crowd.ts';

const AT_ONCE = 32;

interface Member {
  readonly agentID: string;
  readonly credentials: Credentials;
}

const members: Member[] = [];
let sockets: WebSocket[] = [];

process.on('message', (order: CrowdOrder) => {
  obey(order).then(
    () => answer({}),
    (error: unknown) => answer({ failure: String(error) }),
  );
});

function answer(words: CrowdAnswer): void {
  process.send?.(words);
}

async function obey(order: CrowdOrder): Promise<void> {
  switch (order.do) {
    case 'enrol': {
      await enrolAll(order);
      return;
    }
    case 'connect': {
      await inParallel(members, async (member) => await checkIn(member, order.url));
      return;
    }
    case 'leave': {
      await leave();
      return;
    }
  }
}

async function enrolAll({ url, roots, registrationKey, count }: EnrolOrder): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE, ca: roots });
  await inParallel(Array.from({ length: count }), async () => {
    const { key, csr } = await createCertificateRequest('bench');
    const headers = { 'content-type': 'application/json' };
    const outgoing = request(url + PATHS.csr, { method: 'POST', agent, headers });
    outgoing.end(JSON.stringify({ registrationKey, csr, hostname: 'bench', os: 'Linux' }));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    const text = Buffer.concat((await incoming.toArray()) as Buffer[]).toString();
    if (incoming.statusCode !== 200)
      throw new Error(`Enrolment was answered ${incoming.statusCode}: ${text}`);
    const { agentID, cert } = JSON.parse(text) as { agentID: string; cert: string };
    members.push({ agentID, credentials: { key, cert, roots } });
  });
  agent.destroy();
}

async function checkIn({ agentID, credentials }: Member, serverUrl: string): Promise<void> {
  const { signal } = new AbortController();
  const { socket } = await connect({
    serverUrl,
    credentials,
    userAgent: 'bench',
    clock: systemClock,
    signal,
  });
  socket.send(JSON.stringify({ 'Agent-ID': agentID, protocol: 2, holding: [], desiredRevision: 0 }));
  sockets.push(socket);
}

async function leave(): Promise<void> {
  const leaving = sockets;
  sockets = [];
  await inParallel(leaving, async (socket) => {
    const closed = once(socket, 'close');
    socket.terminate();
    await closed;
  });
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const workAlong = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workAlong));
}
