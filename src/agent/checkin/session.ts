import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../lib/clock.ts';
import { AppError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { BARE_ACK } from '../../protocol/commander/ack.ts';
import { parseRefusal } from '../../protocol/commander/refusal.ts';
import type { UnitState } from '../../protocol/schemas/desired.ts';
import type { AgentFrame, DesiredFrame, Hello, PhaseFrame } from '../../protocol/schemas/frames.ts';
import type { Connection } from './connect.ts';
import type { JobIntake } from './job-intake.ts';
import { readServerMessage, type ServerMessage } from './read-push.ts';
import { LogFollowers } from './log-followers.ts';
import type { UnitIntake } from './unit-intake.ts';
import { Watchdog } from './watchdog.ts';

export interface SessionOptions {
  readonly hello: Hello;
  readonly intake: JobIntake;
  readonly units: UnitIntake;
  /** Called once, when the server has said anything but no. */
  readonly onAccepted: () => void;
  readonly silenceLimitMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Why a session is over: an error that says what went wrong, or nothing when we ended it. */
export type SessionEnd = AppError | undefined;

/** The original loses an ack that comes in one write with the Close after it. */
const ACK_TO_CLOSE_MS = 50;
const NORMAL_CLOSURE = 1000;

/** One open check-in, from hello to close. In protocol 1 it says nothing but its hello and one bare ack to each push. */
export class Session {
  readonly #socket: WebSocket;
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  readonly #watchdog: Watchdog;
  readonly #followers: LogFollowers;
  /** The first reason wins; what follows is its echo. */
  #end: { readonly why: SessionEnd } | undefined;
  #isAccepted = false;
  #lastAckAt = -Infinity;

  constructor(connection: Connection, options: SessionOptions) {
    this.#connection = connection;
    this.#socket = connection.socket;
    this.#options = options;
    this.#followers = new LogFollowers(options, (frame) => this.#say(frame));
    this.#watchdog = new Watchdog(options.silenceLimitMs, () => this.#fail(silence(options.silenceLimitMs)));
  }

  /** Resolves when the connection is gone. Aborting `signal` ends it in order. */
  async run(signal: AbortSignal): Promise<SessionEnd> {
    const onAbort = (): void => void this.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const closed = this.#listen();
      this.#socket.send(JSON.stringify(this.#options.hello), ignoreFailure);
      this.announceAllUnits();
      if (signal.aborted) onAbort();
      await closed;
      return this.#end?.why;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#watchdog.stop();
      this.#followers.endAll();
      this.#connection.tap.remove();
    }
  }

  /** Ends it because we want to. */
  async close(): Promise<void> {
    this.#end ??= { why: undefined };
    const { clock } = this.#options;
    const sinceAckMs = clock.monotonic() - this.#lastAckAt;
    if (sinceAckMs < ACK_TO_CLOSE_MS) await clock.sleep(ACK_TO_CLOSE_MS - sinceAckMs);
    this.#socket.close(NORMAL_CLOSURE);
  }

  announcePhase(jobID: string, phase: PhaseFrame['phase']): void {
    if (this.#connection.protocol === 2) this.#say({ kind: 'phase', jobID, phase });
  }

  announceUnits(units: UnitState[]): void {
    if (this.#connection.protocol === 2) this.#say({ kind: 'units', all: false, units });
  }

  announceAllUnits(): void {
    if (this.#connection.protocol === 2)
      this.#say({ kind: 'units', all: true, units: this.#options.units.states() });
  }

  #listen(): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers();
    this.#socket
      .on('message', (data, isBinary) => this.#onMessage(data, isBinary))
      .on('ping', () => this.#onHeard())
      .on('error', (cause) => this.#noteEnd(this.#connection.tap.refusal() ?? broken(cause)))
      .on('close', (code, reason) => {
        this.#noteEnd(parseRefusal(reason.toString()) ?? closed(code, reason.toString()));
        resolve(undefined);
      });
    if (this.#socket.readyState === this.#socket.CLOSED) {
      this.#noteEnd(broken(undefined));
      resolve(undefined);
    }
    return promise;
  }

  #onHeard(): void {
    this.#watchdog.heard();
    if (this.#isAccepted) return;
    this.#isAccepted = true;
    this.#connection.tap.remove();
    this.#options.onAccepted();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#end !== undefined) return; // on the way out; what is not acked comes again
    this.#onHeard();
    try {
      this.#act(isBinary ? { kind: 'unknown' } : readServerMessage((data as Buffer).toString()));
    } catch (error) {
      // Unacked, the jobs come again with the next connection; on this one an original would send nothing more.
      this.#failBecauseOf(error);
    }
  }

  #act(message: ServerMessage): void {
    const { intake, log } = this.#options;
    switch (message.kind) {
      case 'jobs':
        this.#takeJobs(message);
        break;
      case 'archives':
        intake.archivesCame(message.archives);
        break;
      case 'cancel':
        intake.cancel(message.jobIDs);
        break;
      case 'desired':
        void this.#takeDesired(message);
        break;
      case 'follow':
        this.#followers.heed(message);
        break;
      case 'unknown':
        log.debug('checkin.unknown-message', 'The server said something that this agent does not know');
        break;
    }
  }

  #takeJobs({ jobs, rejected }: Extract<ServerMessage, { kind: 'jobs' }>): void {
    const { intake, log, clock } = this.#options;
    for (const job of rejected) {
      log.warn('checkin.job-rejected', 'The server sent a job that will not be carried out', { ...job });
    }
    intake.accept(jobs);
    // An original takes one ack for all: without it, one bad job would come again and again and hold up all others.
    if (this.#connection.protocol === 1) this.#socket.send(BARE_ACK, ignoreFailure);
    else if (jobs.length > 0) this.#say({ kind: 'ack', jobIDs: jobs.map(({ jobID }) => jobID) });
    this.#lastAckAt = clock.monotonic();
  }

  /** Unanswered, the document comes again with the next connection. */
  async #takeDesired({ desired }: DesiredFrame): Promise<void> {
    try {
      this.#say(await this.#options.units.take(desired));
      this.announceAllUnits();
    } catch (error) {
      this.#failBecauseOf(error);
    }
  }

  #failBecauseOf(error: unknown): void {
    this.#fail(
      isAppError(error) ? error : new AppError('INTERNAL', 'Could not act on a message', { cause: error }),
    );
  }

  #say(frame: AgentFrame): void {
    this.#socket.send(JSON.stringify(frame), ignoreFailure);
  }

  #fail(why: AppError): void {
    this.#noteEnd(why);
    this.#socket.terminate();
  }

  #noteEnd(why: AppError): void {
    this.#end ??= { why };
  }
}

/** What cannot be sent is lost with its connection, and `close` tells of that. */
function ignoreFailure(): void {
  return;
}

function silence(limitMs: number): AppError {
  return lost(`The server was silent for ${limitMs / 1000} s`);
}

function broken(cause: unknown): AppError {
  return new AppError('SERVER_UNREACHABLE', 'The connection to the server broke', { cause, retryable: true });
}

function closed(code: number, reason: string): AppError {
  return lost(`The server closed the connection (${code}${reason === '' ? '' : `, "${reason}"`})`);
}

function lost(message: string): AppError {
  return new AppError('SERVER_UNREACHABLE', message, { retryable: true });
}
