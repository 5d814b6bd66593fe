import type { IncomingMessage } from 'node:http';

/** Who is at the other end, by client certificate. Only what chains to our root, is in date and not revoked has a name. */
export type Peer =
  { readonly kind: 'none' } | { readonly kind: 'invalid'; readonly problem: string } | IdentifiedPeer;

export interface IdentifiedPeer {
  /**
   * `agent`: `subject` is the agentID that this certificate was issued for, and nothing else needs comparing.
   * `admin`: the username; whether the account still exists is for the caller to ask.
   * `host`: made by the original's CAPy call, names no agent; an agent that registered with it is known by `publicKeyHash`.
   */
  readonly kind: 'agent' | 'admin' | 'host';
  readonly subject: string;
  /** Lower-case hex. */
  readonly serial: string;
  /** SHA-256 of the public key (SPKI DER), hex. */
  readonly publicKeyHash: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface PeerOptions {
  /** Accept a certificate that expired no longer than this ago. */
  expiredGraceMs?: number;
}

/** Works for requests and for WebSocket upgrades; checks anew each time, so that a revocation takes effect at once. */
export type PeerOf = (request: IncomingMessage, options?: PeerOptions) => Promise<Peer>;
