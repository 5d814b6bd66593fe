import type { IncomingMessage } from 'node:http';
import type { CertificateProblem, NamedClient } from '../ca/certificate-authority.ts';

/** Who is at the other end, by client certificate. Only what chains to our root, is in date and not revoked has a name. */
export type Peer =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly problem: CertificateProblem }
  | IdentifiedPeer;

export type IdentifiedPeer = NamedClient;

/** The peer of a request or of a WebSocket upgrade, checked anew for each, so that a revocation takes effect at once. */
export type PeerOf = (request: IncomingMessage) => Promise<Peer>;
