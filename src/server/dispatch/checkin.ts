import type { RawData, WebSocket } from 'ws';
import type { Logger } from '../../lib/log.ts';
import { Serial } from '../../lib/serial.ts';
import { REFUSAL_CODE, formatRefusal } from '../../protocol/commander/refusal.ts';
import type { FollowFrame } from '../../protocol/schemas/frames.ts';
import type { LiveCheckin } from './checkins.ts';
import type { Conversation, Message, Send } from './conversation.ts';
import { CheckinRefused } from './greeting.ts';
import type { Pinged } from './ping-wheel.ts';

/** Of the WebSocket protocol: "going away" and "internal error". */
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;

/** Unanswered pings that a connection survives. */
const MAX_MISSED_PINGS = 2;

export interface CheckinOptions {
  socket: WebSocket;
  log: Logger;
  /** Whom its certificate names, for the log. */
  peer: string;
  /** Hears the first message, and says who it is and how to go on. @throws CheckinRefused */
  greet: (first: Message) => Promise<Conversation>;
  /** Called once, when nothing more will come of this connection. */
  onGone: () => void;
}

/**
 * One agent's connection. Whatever happens on it (a message, a wake-up) waits for its turn, so a conversation never runs
 * twice at the same time, and a message that came before a close is still heard.
 */
export class Checkin implements LiveCheckin, Pinged {
  readonly #options: CheckinOptions;
  readonly #turns = new Serial();
  #conversation: Conversation | undefined;
  #missedPings = 0;
  #isGone = false;

  constructor(options: CheckinOptions) {
    this.#options = options;
    options.socket
      .on('message', (data, isBinary) => this.#onMessage({ text: textOf(data), isBinary }))
      .on('pong', () => (this.#missedPings = 0))
      .on('error', (error) => options.log.debug('checkin.error', 'A check-in broke', { err: error }))
      .on('close', () => this.#leave());
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  readonly send: Send = (frame) => {
    if (!this.#isGone) this.#options.socket.send(frame);
  };

  wake(): void {
    this.#inTurn(async () => await this.#conversation?.push());
  }

  cancel(jobIDs: readonly string[]): void {
    this.#inTurn(async () => await Promise.resolve(this.#conversation?.cancel(jobIDs)));
  }

  follow(request: FollowFrame): void {
    this.#inTurn(async () => await Promise.resolve(this.#conversation?.follow(request)));
  }

  /** The original closes with code 400, which RFC 6455 does not allow; the text is the same. */
  refuse(reason: string): void {
    this.#close(REFUSAL_CODE, formatRefusal(reason));
  }

  stop(): void {
    this.#close(GOING_AWAY, 'server is stopping');
  }

  ping(): void {
    if (this.#missedPings >= MAX_MISSED_PINGS) {
      this.#close(REFUSAL_CODE, 'Ping/Pong timeout');
      return;
    }
    this.#missedPings += 1;
    this.#options.socket.ping();
  }

  #onMessage(message: Message): void {
    this.#missedPings = 0;
    this.#inTurn(async () => {
      if (this.#conversation === undefined) await this.#greet(message);
      else await this.#conversation.receive(message);
    });
  }

  async #greet(first: Message): Promise<void> {
    this.#conversation = await this.#options.greet(first);
    await this.#conversation.push();
  }

  #inTurn(task: () => Promise<void>): void {
    void this.#turns.run(task).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    const { log, peer } = this.#options;
    if (error instanceof CheckinRefused) {
      log.warn('checkin.refused', 'A check-in was refused', { peer, reason: error.message });
      this.refuse(error.message);
      return;
    }
    log.error('checkin.failed', 'A check-in failed', { err: error, peer, unexpected: true });
    this.#close(INTERNAL_ERROR, '');
  }

  /** `ws` waits for the other side's close frame, and cuts the connection when none comes. */
  #close(code: number, reason: string): void {
    this.#options.socket.close(code, reason);
    this.#leave();
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#options.onGone();
  }
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString();
}
