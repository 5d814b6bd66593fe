import type { FastifyReply } from 'fastify';
import { AppError } from '../../lib/errors.ts';
import { LOG_END_TRAILER } from '../../protocol/version.ts';
import type { LogListener } from '../dispatch/log-relay.ts';

/** How far an admin may be behind the agent before we keep no more for them. */
const MAX_BEHIND_BYTES = 4 * 1024 ** 2;
/** Finds out that an admin has vanished while a log is quiet. */
const KEEP_ALIVE_MS = 60_000;

/** An answer that begins when the agent has found the log, grows with it, and says at its end why it ended. */
export class LogAnswer implements LogListener {
  /** @throws AppError UNIT_NOT_FOUND when it ends before it begins */
  readonly begun: Promise<void>;
  readonly #reply: FastifyReply;
  readonly #begin: () => void;
  readonly #refuse: (error: AppError) => void;
  #state: 'waiting' | 'open' | 'over' = 'waiting';

  constructor(reply: FastifyReply) {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.begun = promise;
    this.#reply = reply;
    this.#begin = () => resolve(undefined);
    this.#refuse = reject;
  }

  readonly text = (text: string): void => {
    if (this.#state === 'waiting') this.#open();
    if (this.#state !== 'open' || text === '') return;
    const { raw } = this.#reply;
    if (raw.writableLength > MAX_BEHIND_BYTES) this.end('The log was read too slowly');
    else raw.write(text);
  };

  readonly end = (reason: string): void => {
    const { raw } = this.#reply;
    if (this.#state === 'waiting') this.#refuse(new AppError('UNIT_NOT_FOUND', reason));
    if (this.#state === 'open') {
      raw.addTrailers({ [LOG_END_TRAILER]: encodeURIComponent(reason) });
      raw.end();
    }
    this.#state = 'over';
  };

  /** The head goes out at once: the log may be quiet for hours. */
  #open(): void {
    this.#state = 'open';
    const { raw } = this.#reply.hijack();
    raw.setTimeout(0);
    raw.socket?.setKeepAlive(true, KEEP_ALIVE_MS);
    raw.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would collect it until there is enough.
      'x-accel-buffering': 'no',
      trailer: LOG_END_TRAILER,
    });
    raw.flushHeaders();
    this.#begin();
  }
}
