import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Peer, PeerOf } from './peer.ts';

/** One WebSocket upgrade whose peer has been let through: never an invalid certificate, and on /agent never none. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly peer: Peer;
}

/** The server's one door: TLS, certificates, limits. Routes are added to `app` before `listen`. */
export interface Listener {
  readonly app: FastifyInstance;
  readonly peerOf: PeerOf;
  onUpgrade(path: string, handler: (upgrade: Upgrade) => void): void;
  /** Resolves to the port. @throws AppError PORT_IN_USE, or CONFIG_INVALID for an address that cannot be listened on */
  listen(): Promise<number>;
  /** Takes nothing new, lets running requests end for a while, then ends what is left. */
  close(): Promise<void>;
}
