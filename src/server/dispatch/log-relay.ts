import { randomUUID } from 'node:crypto';
import { AppError } from '../../lib/errors.ts';
import type { FollowFrame, LogFrame } from '../../protocol/schemas/frames.ts';

export interface LogOrder {
  readonly agentID: string;
  readonly service: string;
  readonly tailBytes: number;
  /** False: what there is, and no more. */
  readonly live: boolean;
}

export interface LogListener {
  /** Comes first with nothing in it, when the agent has found the log. */
  text: (text: string) => void;
  /** Comes last, unless the listener left: why there will be no more. */
  end: (reason: string) => void;
}

interface Follow {
  readonly agentID: string;
  readonly listener: LogListener;
}

/** Passes services' logs on from agents to admins, as they are written. A follow lasts no longer than the check-in that it began on. */
export class LogRelay {
  /** False when the agent is not connected. */
  readonly #tell: (agentID: string, frame: FollowFrame) => boolean;
  readonly #follows = new Map<string, Follow>();

  constructor(tell: (agentID: string, frame: FollowFrame) => boolean) {
    this.#tell = tell;
  }

  /**
   * Returns what ends it, which does nothing when it is over.
   * @throws AppError AGENT_NOT_CONNECTED
   */
  follow({ agentID, ...order }: LogOrder, listener: LogListener): () => void {
    const frame = { kind: 'follow', followID: randomUUID(), ...order } as const;
    if (!this.#tell(agentID, { ...frame, on: true }))
      throw new AppError('AGENT_NOT_CONNECTED', `Agent "${agentID}" is not connected`);
    this.#follows.set(frame.followID, { agentID, listener });
    return () => {
      if (this.#follows.delete(frame.followID)) this.#tell(agentID, { ...frame, on: false });
    };
  }

  /** From an agent. What nobody follows any more may still be on its way, and is dropped. */
  readonly received = (agentID: string, { followID, text, end }: LogFrame): void => {
    const follow = this.#follows.get(followID);
    if (follow?.agentID !== agentID) return;
    if (text !== '' || end === undefined) follow.listener.text(text);
    if (end !== undefined) this.#end(followID, end);
  };

  /** To be told of the end of a check-in. */
  readonly gone = (agentID: string): void => {
    this.#endAll((follow) => follow.agentID === agentID, 'The connection to the agent ended');
  };

  close(): void {
    this.#endAll(() => true, 'The server is stopping');
  }

  #endAll(isMeant: (follow: Follow) => boolean, reason: string): void {
    for (const [followID, follow] of this.#follows) if (isMeant(follow)) this.#end(followID, reason);
  }

  #end(followID: string, reason: string): void {
    const follow = this.#follows.get(followID);
    this.#follows.delete(followID);
    follow?.listener.end(reason);
  }
}
