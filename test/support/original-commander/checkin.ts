import { setTimeout as delay } from 'node:timers/promises';
import { BARE_ACK } from '../../../src/protocol/commander/ack.ts';
import { ORIGINAL_REFUSAL_CODE } from '../../../src/protocol/commander/refusal.ts';
import { readWire } from '../wire-fixture.ts';
import { toPythonJson } from './job-document.ts';
import type { Message, OriginalSocket } from './socket.ts';
import { takeOne, type Oddities } from './oddities.ts';
import type { OriginalAgent, OriginalJob, OriginalState } from './state.ts';

export interface CheckinContext {
  state: OriginalState;
  oddities: Oddities;
  onPush(agentID: string, jobIDs: string[]): void;
  onAck(agentID: string): void;
  onMessage(text: string): void;
}

/**
 * One check-in from the first message on. Ends when a send finds the socket closed, when it has refused, or by `signal`;
 * a client that leaves while there is nothing to send is not noticed.
 */
export async function serveCheckin(
  socket: OriginalSocket,
  context: CheckinContext,
  signal: AbortSignal,
): Promise<void> {
  signal.addEventListener('abort', () => socket.abandon(), { once: true });
  const pings = setInterval(() => {
    if (socket.open && !socket.ping()) socket.close(1008, 'Ping/Pong timeout');
  }, context.oddities.pingIntervalMs);
  try {
    const { data } = await hear(socket, context);
    const agent = greet(data, socket, context.state);
    if (agent !== undefined) await pushForEver(socket, agent, context, signal);
  } catch {
    if (!signal.aborted) dieWithin(socket);
  } finally {
    clearInterval(pings);
    socket.end();
  }
}

/** A handler that throws answers over HTTP, whatever the stream carries by then. */
function dieWithin(socket: OriginalSocket): void {
  const body = readWire('agent/error-generic-500.json');
  const head = [
    'HTTP/1.1 500 INTERNAL SERVER ERROR',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  socket.writeRaw(`${head.join('\r\n')}\r\n\r\n${body}`);
}

async function hear(socket: OriginalSocket, context: CheckinContext): Promise<Message> {
  const message = await socket.next();
  context.onMessage(message.data.toString());
  return message;
}

/** The agent whose check-in this is; undefined when the original refuses it in its own words. */
function greet(data: Buffer, socket: OriginalSocket, state: OriginalState): OriginalAgent | undefined {
  const hello = parseObject(data);
  const agentID = hello === undefined ? undefined : agentIDOf(hello);
  const agent = agentID === undefined ? undefined : state.agents.get(agentID);
  if (agent !== undefined) return agent;
  const reason =
    hello === undefined ? 'not-json' : agentID === undefined ? 'missing-agent-id' : 'unknown-agent';
  socket.close(ORIGINAL_REFUSAL_CODE, readWire(`frames/refusal-${reason}.json`));
  return undefined;
}

/** Throws, as the original does, for JSON that is no object and an ID that is no string. */
function agentIDOf(hello: unknown): string | undefined {
  if (typeof hello !== 'object' || hello === null || Array.isArray(hello))
    throw new TypeError('not an object');
  const agentID = (hello as Record<string, unknown>)['Agent-ID'];
  if (agentID !== undefined && typeof agentID !== 'string') throw new TypeError('not a string');
  return agentID;
}

function parseObject(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}

async function pushForEver(
  socket: OriginalSocket,
  agent: OriginalAgent,
  context: CheckinContext,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const jobs = await nextJobs(agent, context.oddities, signal);
    const text = toPythonJson({ jobs: jobs.map(toPush) });
    do {
      if (!socket.open) return;
      if (takeOne(context.oddities, 'breakPushes')) throw new Error('broken on demand');
      context.onPush(
        agent.agentID,
        jobs.map((job) => job.jobID),
      );
      socket.sendText(text);
    } while (!isAck(await hear(socket, context)));
    context.onAck(agent.agentID);
    await delay(context.oddities.ackTakesMs, undefined, { signal });
    context.state.markSent(agent, jobs, context.oddities.batchAckBug);
  }
}

/** Asks the cache once a second. */
async function nextJobs(
  agent: OriginalAgent,
  oddities: Oddities,
  signal: AbortSignal,
): Promise<OriginalJob[]> {
  while (agent.queued.length === 0) await delay(oddities.pollIntervalMs, undefined, { signal });
  return [...agent.queued];
}

function toPush(job: OriginalJob): object {
  const { jobID, executor, filename, description, os, user, timeCreated, argv, ...others } = job;
  return dropUnset({ jobID, executor, filename, description, os, user, timeCreated, argv, ...others });
}

function dropUnset(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isAck(message: Message): boolean {
  return message.text && message.data.toString() === BARE_ACK;
}
