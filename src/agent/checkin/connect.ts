import type { IncomingMessage } from 'node:http';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { unreachable } from '../../lib/http-client/http-errors.ts';
import { parseRetryAfter } from '../../lib/retry-after.ts';
import {
  CERTIFICATE_PROBLEM_HEADER,
  MAX_RETURN_SPREAD_SECONDS,
  PATHS,
  PROTOCOL_HEADER,
  PROTOCOL_VERSION,
  RETURN_SPREAD_HEADER,
  type ProtocolVersion,
} from '../../protocol/version.ts';
import type { Credentials } from '../identity.ts';
import { RefusalTap } from './refusal-tap.ts';

export interface ConnectOptions {
  readonly serverUrl: string;
  readonly credentials: Credentials;
  readonly userAgent: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

export interface Connection {
  readonly socket: WebSocket;
  /** Told by the header that the server answered with, or did not. */
  readonly protocol: ProtocolVersion;
  /** Over how long the server wants agents to spread their return when it goes away; 0 when it does not say. */
  readonly spreadMs: number;
  readonly tap: RefusalTap;
}

const HANDSHAKE_TIMEOUT_MS = 30_000;
/** The original answers a Close at once, but leaves the TCP connection open for as long as half a minute and more. */
const CLOSE_TIMEOUT_MS = 1000;
/** The original's largest pushes are cut at 4 MB; what is larger than this is not meant for us. */
const MAX_FRAME_BYTES = 16 * 1024 ** 2;

/**
 * Opens the WebSocket of a check-in.
 * @throws AppError SERVER_UNREACHABLE, SERVER_ERROR (with Retry-After), SERVER_REFUSED or CERTIFICATE_REVOKED
 */
export function connect(options: ConnectOptions): Promise<Connection> {
  const { serverUrl, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = openSocket(options);
    let upgrade: Omit<Connection, 'socket'> | undefined;
    const onAbort = (): void => {
      reject(signal.reason as Error);
      socket.terminate();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket
      .on('error', (cause) => reject(unreachable(serverUrl, cause))) // stays: after the opening it changes nothing
      .once('close', () => signal.removeEventListener('abort', onAbort))
      .once('upgrade', (response) => {
        upgrade = {
          protocol: protocolOf(response),
          spreadMs: spreadOf(response),
          tap: new RefusalTap(response.socket),
        };
      })
      .once('unexpected-response', (request, response) => {
        reject(refusalOf(response, options));
        request.destroy();
        response.destroy();
      })
      .once('open', () => {
        signal.removeEventListener('abort', onAbort);
        if (upgrade !== undefined) resolve({ socket, ...upgrade });
      });
  });
}

type TypesLackThese = Pick<ConnectionOptions, 'ALPNProtocols'> & { closeTimeout: number };

function openSocket({ serverUrl, credentials: { key, cert, roots }, userAgent }: ConnectOptions): WebSocket {
  const options: ClientOptions & TypesLackThese = {
    key,
    cert,
    ca: roots,
    ALPNProtocols: ['http/1.1'], // a server that also speaks h2 would choose that, and there is no upgrade in it
    perMessageDeflate: false, // an original uses what it is offered, and a window costs more than an idle agent has
    headers: { [PROTOCOL_HEADER]: String(PROTOCOL_VERSION), 'user-agent': userAgent },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    maxPayload: MAX_FRAME_BYTES,
  };
  return new WebSocket(new URL(PATHS.checkin, serverUrl.replace(/^http/, 'ws')), options);
}

function protocolOf({ headers }: IncomingMessage): ProtocolVersion {
  return headers[PROTOCOL_HEADER] === String(PROTOCOL_VERSION) ? 2 : 1;
}

function spreadOf({ headers }: IncomingMessage): number {
  const text = headers[RETURN_SPREAD_HEADER];
  if (typeof text !== 'string' || !/^\d{1,6}$/.test(text)) return 0;
  return Math.min(Number(text), MAX_RETURN_SPREAD_SECONDS) * 1000;
}

/** An answer that is no upgrade. Its body is a proxy's page and says nothing. */
function refusalOf(
  { statusCode = 0, headers }: IncomingMessage,
  { serverUrl, clock }: ConnectOptions,
): AppError {
  const problem = headers[CERTIFICATE_PROBLEM_HEADER];
  if (problem === 'revoked') {
    return new AppError(
      'CERTIFICATE_REVOKED',
      `The server at "${serverUrl}" has revoked this agent's certificate`,
    );
  }
  const why = typeof problem === 'string' ? `; our certificate is ${problem}` : '';
  const message = `The server at "${serverUrl}" answered the check-in with status ${statusCode}${why}`;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], clock.now());
  return new AppError(statusCode >= 500 ? 'SERVER_ERROR' : 'SERVER_REFUSED', message, {
    retryable: true,
    retryAfterMs,
  });
}
