import type { Clock } from '../../lib/clock.ts';
import {
  validateAckFrame,
  validateAppliedFrame,
  validateLogFrame,
  validatePhaseFrame,
  validateUnitsFrame,
} from '../../protocol/generated/frames.js';
import type { ArchivesFrame, CancelFrame, FollowFrame, LogFrame } from '../../protocol/schemas/frames.ts';
import type { ArchiveRef, JobAssignment } from '../../protocol/schemas/job.ts';
import type { JobStore } from '../../store/server/job-store.ts';
import type { Conversation, Message, Send } from './conversation.ts';
import type { DesiredSource } from './desired-source.ts';
import { packPushes } from './pushes.ts';

export interface FramedConversationOptions {
  agentID: string;
  jobs: Pick<JobStore, 'queued' | 'accept' | 'advance'>;
  desired: DesiredSource;
  /** Of the desired state that the agent has; undefined for one that knows nothing of desired states. */
  desiredRevision: number | undefined;
  /** Those of `archives` that are small enough to go along, in base64 by their hash. */
  smallArchives: (archives: readonly ArchiveRef[]) => Promise<Record<string, string>>;
  /** Told of more of a log. */
  logged: (agentID: string, frame: LogFrame) => void;
  clock: Clock;
  send: Send;
  /** Told of each message that means nothing to us; a newer agent may well send some. */
  onUnknown: (text: string) => void;
}

/** Acks are awaited beyond this many unacked jobs, so that a slow agent does not fill our memory with a long queue. */
const MAX_UNACKED = 500;

/** Protocol 2: every job is acknowledged by its ID, in any order; what is unacked when the socket ends is pushed again on the next. */
export class FramedConversation implements Conversation {
  readonly #options: FramedConversationOptions;
  /** Made when first needed: most check-ins are idle. */
  #unacked: Set<string> | undefined;
  #hasMore = false;
  #desiredRevision: number | undefined;

  constructor(options: FramedConversationOptions) {
    this.#options = options;
    this.#desiredRevision = options.desiredRevision;
  }

  async push(): Promise<void> {
    await this.#pushJobs();
    await this.#pushDesired();
  }

  async receive({ text }: Message): Promise<void> {
    const { agentID, jobs, desired, logged, onUnknown } = this.#options;
    const frame = parse(text);
    if (validateAckFrame(frame)) await this.#acknowledge(frame.jobIDs);
    else if (validatePhaseFrame(frame)) await jobs.advance(agentID, frame.jobID, frame.phase);
    else if (validateUnitsFrame(frame)) await desired.reported(agentID, frame);
    else if (validateAppliedFrame(frame)) await desired.applied(agentID, frame);
    else if (validateLogFrame(frame)) logged(agentID, frame);
    else onUnknown(text);
  }

  cancel(jobIDs: readonly string[]): void {
    this.#options.send(JSON.stringify({ kind: 'cancel', jobIDs: [...jobIDs] } satisfies CancelFrame));
  }

  follow(request: FollowFrame): void {
    this.#options.send(JSON.stringify(request));
  }

  async #pushJobs(): Promise<void> {
    const queued = await this.#options.jobs.queued(this.#options.agentID);
    const news = queued.filter((job) => this.#unacked?.has(job.jobID) !== true);
    const room = MAX_UNACKED - (this.#unacked?.size ?? 0);
    this.#hasMore = news.length > room;
    const assignments = news.slice(0, room).map((job) => job.assignment);
    await this.#sendArchives(assignments);
    for (const { jobIDs, frame } of packPushes(assignments)) {
      this.#unacked = new Set([...(this.#unacked ?? []), ...jobIDs]);
      this.#options.send(frame);
    }
  }

  /** Once for each revision: an agent that cannot store it ends the connection, and is asked again on the next. */
  async #pushDesired(): Promise<void> {
    if (this.#desiredRevision === undefined) return;
    const { agentID, desired, send } = this.#options;
    const news = await desired.newsFor(agentID, this.#desiredRevision);
    if (news === undefined) return;
    this.#desiredRevision = news.revision;
    send(news.frame);
  }

  async #sendArchives(assignments: readonly JobAssignment[]): Promise<void> {
    const wanted = assignments.flatMap(({ archive }) => archive ?? []);
    const archives = await this.#options.smallArchives(wanted);
    if (Object.keys(archives).length === 0) return;
    this.#options.send(JSON.stringify({ kind: 'archives', archives } satisfies ArchivesFrame));
  }

  async #acknowledge(jobIDs: readonly string[]): Promise<void> {
    const { agentID, jobs, clock } = this.#options;
    // Undone by a power cut, the job is pushed again, and the agent knows it by its ID.
    await jobs.accept(agentID, jobIDs, { at: clock.now(), survivesPowerCut: false });
    for (const jobID of jobIDs) this.#unacked?.delete(jobID);
    if (this.#hasMore && (this.#unacked?.size ?? 0) <= MAX_UNACKED / 2) await this.#pushJobs();
    if (this.#unacked?.size === 0) this.#unacked = undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // counted as unknown by whoever asked
  }
}
