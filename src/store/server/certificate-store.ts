/** What the CA has issued. Revocation is a row here, looked up at each connection: it takes effect at once. */
export interface IssuedCertificate {
  /** Lower-case hex, as X509Certificate.serialNumber lower-cased. */
  readonly serial: string;
  readonly kind: 'agent' | 'admin' | 'server' | 'legacy-host';
  /** The agentID, username or host name. */
  readonly subject: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
}

export interface CertificateStore {
  add(certificate: IssuedCertificate): Promise<void>;
  get(serial: string): Promise<IssuedCertificate | undefined>;
  revokeSubject(kind: IssuedCertificate['kind'], subject: string, at: number): Promise<number>;
}
