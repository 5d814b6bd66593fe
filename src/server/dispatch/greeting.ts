import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { REFUSALS } from '../../protocol/commander/refusal.ts';
import { validateHello } from '../../protocol/generated/frames.js';
import type { Hello } from '../../protocol/schemas/frames.ts';
import type { ProtocolVersion } from '../../protocol/version.ts';
import type { AgentStore } from '../../store/server/agent-store.ts';
import { TAKEN_STATES, type JobStore } from '../../store/server/job-store.ts';
import type { IdentifiedPeer } from '../listener/peer.ts';
import type { Conversation, Message, Send } from './conversation.ts';
import type { DesiredSource } from './desired-source.ts';
import { FramedConversation, type FramedConversationOptions } from './framed-conversation.ts';
import type { JobEnds } from './job-ends.ts';
import type { LogRelay } from './log-relay.ts';
import { OriginalConversation } from './original-conversation.ts';
import { FOREIGN_AGENT, speaksFor } from './speaks-for.ts';

export interface GreetingDeps {
  agents: AgentStore;
  jobs: JobStore;
  ends: JobEnds;
  desired: DesiredSource;
  logs: Pick<LogRelay, 'received' | 'gone'>;
  smallArchives: FramedConversationOptions['smallArchives'];
  clock: Clock;
  log: Logger;
}

export interface Caller {
  readonly peer: IdentifiedPeer;
  /** Told by the upgrade, before the first message. */
  readonly protocol: ProtocolVersion;
  readonly send: Send;
}

/** Closes the check-in with this text as its reason. */
export class CheckinRefused extends Error {}

/** @throws CheckinRefused with the original's texts */
export async function identify(
  first: Message,
  { peer, protocol }: Omit<Caller, 'send'>,
  { agents, clock }: GreetingDeps,
): Promise<Hello> {
  const hello = readHello(first.text, protocol);
  const agent = await agents.get(hello['Agent-ID']);
  if (agent === undefined || agent.revokedAt !== undefined) throw new CheckinRefused(REFUSALS.unknownAgent);
  if (!speaksFor(peer, agent)) throw new CheckinRefused(FOREIGN_AGENT);
  const { version, arch, hostname } = protocol === 2 ? hello : {};
  await agents.seen(agent.agentID, {
    ...(version === undefined ? {} : { version }),
    ...(arch === undefined ? {} : { arch }),
    ...(hostname === undefined ? {} : { hostname }),
    protocol,
    at: clock.now(),
  });
  return hello;
}

/** The conversation that suits the caller, with what it missed while it was away already said. */
export async function converse(hello: Hello, caller: Caller, deps: GreetingDeps): Promise<Conversation> {
  const { jobs, clock, log } = deps;
  const agentID = hello['Agent-ID'];
  const options = { agentID, jobs, clock, send: caller.send };
  if (caller.protocol === 1) return new OriginalConversation(options);
  let unknown = 0;
  const conversation = new FramedConversation({
    ...options,
    desired: deps.desired,
    desiredRevision: hello.desiredRevision,
    smallArchives: deps.smallArchives,
    logged: deps.logs.received,
    onUnknown: (text) => {
      const sample = text.slice(0, 100);
      log.debug('checkin.unknown', 'An agent said something unknown', { agentID, count: ++unknown, sample });
    },
  });
  if (hello.holding !== undefined) await reconcile(hello.holding, conversation, { ...deps, agentID });
  return conversation;
}

/** A job that the agent took and no longer holds will never be reported: its state was wiped. */
async function reconcile(
  holding: readonly string[],
  conversation: Conversation,
  { agentID, jobs, ends }: GreetingDeps & { agentID: string },
): Promise<void> {
  const held = new Set(holding);
  const taken = await jobs.list({ agentID, states: TAKEN_STATES });
  for (const job of taken.filter(({ jobID }) => !held.has(jobID))) {
    await ends.conclude(job, 'lost', 'the agent came back without the job and without a result');
  }
  const toCancel = taken.filter((job) => held.has(job.jobID) && job.cancelRequestedAt !== undefined);
  if (toCancel.length > 0) conversation.cancel(toCancel.map((job) => job.jobID));
}

/** The original reads one key and ignores the rest; ours has to be right about what it adds. */
function readHello(text: string, protocol: ProtocolVersion): Hello {
  const value = parseObject(text);
  const agentID = value['Agent-ID'];
  if (typeof agentID !== 'string') throw new CheckinRefused(REFUSALS.missingAgentID);
  if (agentID === '') throw new CheckinRefused(REFUSALS.unknownAgent);
  if (protocol === 1) return { 'Agent-ID': agentID };
  if (validateHello(value)) return value;
  throw new CheckinRefused('the first message is not valid');
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Refused below, with the same words as JSON that is no object: the original breaks off in garbage there.
  }
  throw new CheckinRefused(REFUSALS.notJson);
}
