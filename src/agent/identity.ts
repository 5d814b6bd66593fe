/** Who this endpoint is to its server. The port between enrolment, which keeps it, and all that connects. */
export interface Identity {
  readonly agentID: string;
  /** `https://host:port`, no path. */
  readonly serverUrl: string;
  /** Who made the certificate: our server from a signing request, or an original CAPy, which knows no renewal. */
  readonly issuer: 'server' | 'capy';
}

/** What is shown and what is trusted when connecting; all PEM. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
  /** One or more certificates, one after the other. */
  readonly roots: string;
}

/** Hands out the pair to connect with. After a renewal that is the new one, and the old one until the new has connected once. */
export interface CredentialSource {
  /** For the next connection of the check-in. */
  toTry(): Credentials;
  /** The pair that connected last; for requests beside the check-in. */
  proven(): Credentials;
  connected(credentials: Credentials): void;
  /** The server, or we, would not have it. */
  failed(credentials: Credentials): void;
}
