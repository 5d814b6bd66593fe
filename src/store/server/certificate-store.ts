/** What the CA has issued. Revocation is a row here, looked up at each connection: it takes effect at once. */
export interface IssuedCertificate {
  /** Lower-case hex, as X509Certificate.serialNumber lower-cased. */
  readonly serial: string;
  readonly kind: 'agent' | 'admin' | 'server' | 'legacy-host';
  /** The agentID, username or host name. */
  readonly subject: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** From then on it counts for nothing; may lie ahead. */
  readonly revokedAt?: number;
  readonly firstUsedAt?: number;
}

export interface CertificateStore {
  add(certificate: IssuedCertificate): Promise<void>;
  get(serial: string): Promise<IssuedCertificate | undefined>;
  /** Notes the first use; what was issued to the same subject before then counts until `olderEndAt`. */
  firstUsed(serial: string, at: number, olderEndAt: number): Promise<void>;
  /** Returns how many were still valid. */
  revokeSubject(kind: IssuedCertificate['kind'], subject: string, at: number): Promise<number>;
}
