import type { Clock } from '../../lib/clock.ts';
import { describeError, isAppError, type AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { ProtocolVersion } from '../../protocol/version.ts';
import type { ConnectionRecord, ConnectionStore } from '../../store/agent/connection-record.ts';

export interface ConnectionLogOptions {
  readonly store: Pick<ConnectionStore, 'save'>;
  readonly pid: number;
  readonly version: string;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly log: Logger;
}

const RETRY_MS = 10_000;

type News = Pick<ConnectionRecord, 'state' | 'problem' | 'protocol'>;

/** Tells the log and the store how it stands with the server. The same failure over and over is told once. */
export class ConnectionLog {
  readonly #options: ConnectionLogOptions;
  readonly #unnoted = new Wakeup();
  #last: ConnectionRecord | undefined;

  constructor(options: ConnectionLogOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#last?.state === 'connected';
  }

  connecting(): void {
    if (this.#last === undefined) this.#save({ state: 'connecting' });
  }

  /** A connection is open. After a refusal that says nothing yet: the next one comes over a connection, too. */
  opened(protocol: ProtocolVersion): void {
    if (this.#last?.state !== 'refused') this.#connected(protocol);
  }

  /** The server has said something other than no. */
  accepted(protocol: ProtocolVersion): void {
    if (this.#last?.state !== 'connected') this.#connected(protocol);
  }

  #connected(protocol: ProtocolVersion): void {
    this.#options.log.info('checkin.connected', 'Checked in with the server', { protocol });
    this.#save({ state: 'connected', protocol });
  }

  failed(error: AppError, retryInMs: number): void {
    const state = isRefusal(error) ? 'refused' : 'connecting';
    const problem = describeError(error);
    const isNew = this.#last?.state !== state || this.#last.problem !== problem;
    const message = 'Not checked in; will try again';
    this.#options.log[isNew ? 'warn' : 'debug']('checkin.failed', message, { err: error, retryInMs });
    if (isNew) this.#save({ state, problem });
  }

  /** Notes later what could not be noted when it happened, such as on a full disk. */
  async keepNoted(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#unnoted.wait(signal);
      await this.#options.clock.sleep(RETRY_MS, signal);
      this.#note();
    }
  }

  #save(news: News): void {
    const { pid, version, clock } = this.#options;
    const since = this.#last?.state === news.state ? this.#last.since : clock.now();
    this.#last = { ...news, since, pid, version };
    this.#note();
  }

  #note(): void {
    if (this.#last === undefined) return;
    const { store, log } = this.#options;
    try {
      store.save(this.#last);
    } catch (error) {
      log.warn('checkin.unsaved', 'Could not note how it stands with the server', { err: error });
      this.#unnoted.ring();
    }
  }
}

/** The server is there and says no, or we do not trust it: a person has to do something. */
function isRefusal(error: AppError): boolean {
  return isAppError(error, 'SERVER_REFUSED', 'AGENT_NOT_FOUND', 'CERTIFICATE_REVOKED', 'CERTIFICATE_INVALID');
}
