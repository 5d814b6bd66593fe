import type { FollowFrame } from '../../protocol/schemas/frames.ts';

/** One message of the agent, as it came. */
export interface Message {
  readonly text: string;
  readonly isBinary: boolean;
}

/**
 * What is said on one check-in after its first message. The check-in calls one method at a time, so an implementation
 * needs no locks; it sends through the function that it was made with.
 */
export interface Conversation {
  /** Sends what the agent does not have yet and may be sent now. Says nothing of its own: "look at the store". */
  push(): Promise<void>;
  receive(message: Message): Promise<void>;
  /** Tells the agent to end these jobs, if the protocol has words for it. */
  cancel(jobIDs: readonly string[]): void;
  /** Tells the agent to begin or end sending a log, likewise. */
  follow(request: FollowFrame): void;
}

export type Send = (frame: string) => void;
