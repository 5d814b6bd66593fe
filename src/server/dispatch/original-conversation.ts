import type { Clock } from '../../lib/clock.ts';
import { BARE_ACK } from '../../protocol/commander/ack.ts';
import type { JobStore } from '../../store/server/job-store.ts';
import type { Conversation, Message, Send } from './conversation.ts';
import { originalFields, packPushes, type Push } from './pushes.ts';

export interface OriginalConversationOptions {
  agentID: string;
  jobs: Pick<JobStore, 'queued' | 'accept'>;
  clock: Clock;
  send: Send;
}

interface SentPush extends Push {
  sentAtMs: number;
  repeats: number;
}

/** The original sends a push again at every wrong word. So do we, but no faster than one a second in the long run. */
const FREE_REPEATS = 10;

/**
 * Protocol 1: a push, then silence until the bare `ack` that covers all of it. An ack that nothing waits for is ignored;
 * the original keeps it for the next push, which then counts as delivered unseen.
 */
export class OriginalConversation implements Conversation {
  readonly #options: OriginalConversationOptions;
  #unacked: SentPush | undefined;

  constructor(options: OriginalConversationOptions) {
    this.#options = options;
  }

  async push(): Promise<void> {
    if (this.#unacked !== undefined) return;
    const { agentID, jobs, clock, send } = this.#options;
    const queued = await jobs.queued(agentID);
    const [first] = packPushes(queued.map((job) => originalFields(job.assignment)));
    if (first === undefined) return;
    this.#unacked = { ...first, sentAtMs: clock.monotonic(), repeats: 0 };
    send(first.frame);
  }

  async receive({ text, isBinary }: Message): Promise<void> {
    if (this.#unacked === undefined) return;
    if (isBinary || text !== BARE_ACK) {
      this.#repeat(this.#unacked);
      return;
    }
    const { agentID, jobs, clock } = this.#options;
    // An agent of the original would run again what is pushed again.
    await jobs.accept(agentID, this.#unacked.jobIDs, { at: clock.now(), survivesPowerCut: true });
    this.#unacked = undefined;
    await this.push();
  }

  /** Protocol 1 has no word for it. */
  cancel(): void {
    return;
  }

  /** Nor for this. */
  follow(): void {
    return;
  }

  #repeat(unacked: SentPush): void {
    const { clock, send } = this.#options;
    const allowed = FREE_REPEATS + (clock.monotonic() - unacked.sentAtMs) / 1000;
    if (unacked.repeats >= allowed) return;
    unacked.repeats += 1;
    send(unacked.frame);
  }
}
