import { Backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { isAppError, systemErrorCode, type AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { isAbortOf } from '../../lib/stopped.ts';
import type { UnitState } from '../../protocol/schemas/desired.ts';
import type { Hello, PhaseFrame } from '../../protocol/schemas/frames.ts';
import { SILENCE_LIMIT_MS, type ProtocolVersion } from '../../protocol/version.ts';
import type { CredentialSource, Credentials } from '../identity.ts';
import { connect } from './connect.ts';
import type { ConnectionLog } from './connection-log.ts';
import type { JobIntake } from './job-intake.ts';
import { Session, type SessionEnd } from './session.ts';
import type { UnitIntake } from './unit-intake.ts';

export interface CheckinOptions {
  readonly serverUrl: string;
  readonly userAgent: string;
  readonly credentials: CredentialSource;
  /** What is said first on each connection. */
  readonly hello: (protocol: ProtocolVersion) => Hello;
  readonly intake: JobIntake;
  readonly units: UnitIntake;
  readonly connectionLog: ConnectionLog;
  /** After the server has ended connections that lasted, agents come back spread over this, or longer if it says so. */
  readonly spreadMs: number;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** For tests. */
  readonly silenceLimitMs?: number;
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
}

/** How one try at being checked in ended. */
interface Attempt {
  /** Undefined when we ended it, to begin anew. */
  readonly error: SessionEnd;
  /** The connection held so long that the server cannot be in trouble with us. */
  readonly lasted: boolean;
}

const BACKOFF = { baseMs: 1000, capMs: 300_000 };
const LASTING_MS = 30_000;

/** Keeps this endpoint checked in: one connection at a time, and when it ends, another one after a while. */
export class Checkin {
  readonly #options: CheckinOptions;
  readonly #backoff: Backoff;
  #session: Session | undefined;
  /** What the server said last. */
  #toldSpreadMs = 0;

  constructor(options: CheckinOptions) {
    this.#options = options;
    const { clock, random } = options;
    this.#backoff = new Backoff({ ...BACKOFF, ...options.backoff, clock, random });
  }

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { error, lasted } = await this.#checkInOnce(signal);
      signal.throwIfAborted();
      if (lasted) this.#backoff.reset();
      if (error !== undefined) await this.#waitAfter(error, { lasted, signal });
    }
  }

  /** To whoever watches, if somebody is there. */
  announcePhase(jobID: string, phase: PhaseFrame['phase']): void {
    this.#session?.announcePhase(jobID, phase);
  }

  /** Likewise: at the next check-in the server hears of all of them. */
  announceUnits(units: UnitState[]): void {
    this.#session?.announceUnits(units);
  }

  announceAllUnits(): void {
    this.#session?.announceAllUnits();
  }

  /** A new connection takes the place of the one there is, to show a new certificate. */
  async reconnect(): Promise<void> {
    await this.#session?.close();
  }

  async #checkInOnce(signal: AbortSignal): Promise<Attempt> {
    const { credentials, connectionLog, clock } = this.#options;
    const shown = credentials.toTry();
    const begun = clock.monotonic();
    connectionLog.connecting();
    const error = await this.#converse(shown, signal);
    if (error !== undefined && isAboutCredentials(error)) credentials.failed(shown);
    return { error, lasted: clock.monotonic() - begun >= LASTING_MS };
  }

  async #converse(shown: Credentials, signal: AbortSignal): Promise<SessionEnd> {
    const { serverUrl, userAgent, clock, credentials, hello, intake, units, connectionLog, log } =
      this.#options;
    try {
      const connection = await connect({ serverUrl, credentials: shown, userAgent, clock, signal });
      const { protocol, spreadMs } = connection;
      this.#toldSpreadMs = spreadMs;
      if (credentials.toTry() !== shown) {
        connection.socket.terminate();
        return undefined; // renewed while we were connecting
      }
      this.#session = new Session(connection, {
        hello: hello(protocol),
        intake,
        units,
        onAccepted: () => {
          credentials.connected(shown);
          connectionLog.accepted(protocol);
        },
        silenceLimitMs: this.#options.silenceLimitMs ?? SILENCE_LIMIT_MS,
        clock,
        log,
      });
      connectionLog.opened(protocol);
      intake.serverIsBack();
      units.serverIsBack();
      return await this.#session.run(signal);
    } catch (error) {
      if (isAbortOf(signal, error) || !isAppError(error)) throw error;
      return error;
    } finally {
      this.#session = undefined;
    }
  }

  async #waitAfter(
    error: AppError,
    { lasted, signal }: { lasted: boolean; signal: AbortSignal },
  ): Promise<void> {
    const { clock, random, spreadMs, connectionLog } = this.#options;
    // A restarted server has lost all its agents at the same moment.
    const spread = lasted ? random() * Math.max(spreadMs, this.#toldSpreadMs) : 0;
    const waitMs = this.#backoff.next((error.retryAfterMs ?? 0) + spread);
    connectionLog.failed(error, waitMs);
    await clock.sleep(waitMs, signal);
  }
}

/** Whether another key pair could fare better. A network that is down says nothing about the one that was shown. */
function isAboutCredentials(error: AppError): boolean {
  if (error.code !== 'SERVER_UNREACHABLE') return error.code !== 'SERVER_ERROR';
  return /^(ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(systemErrorCode(error) ?? '');
}
