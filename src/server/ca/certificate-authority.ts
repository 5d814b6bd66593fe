import type { X509Certificate } from 'node:crypto';

/** What the CA hands out. Times are milliseconds since the epoch. */
export interface Issued {
  readonly certPem: string;
  /** Lower-case hex. */
  readonly serial: string;
  readonly expiresAt: number;
  /** SHA-256 of the public key (SPKI DER), hex. */
  readonly publicKeyHash: string;
}

export interface IssuedWithKey extends Issued {
  /** PKCS#8. */
  readonly keyPem: string;
}

/** The body of CAPy's GET /ca/host-certificate, unchecked. */
export type LegacyHostRequest = Readonly<Record<string, unknown>>;

/** Whom a certificate that counts names. */
export interface NamedClient {
  /**
   * `agent`: `subject` is the agentID that it was issued for, and nothing else needs comparing.
   * `admin`: the username; whether the account still exists is for the caller to ask.
   * `host`: made by the original's CAPy call, names no agent; an agent that registered with it is known by `publicKeyHash`.
   */
  readonly kind: 'agent' | 'admin' | 'host';
  readonly subject: string;
  readonly serial: string;
  readonly publicKeyHash: string;
  readonly expiresAt: number;
}

export type CertificateProblem = 'untrusted' | 'not-yet-valid' | 'expired' | 'wrong-purpose' | 'revoked';
export type CertificateCheck = NamedClient | { readonly problem: CertificateProblem };

/** Every method that takes foreign input throws AppError CERTIFICATE_INVALID when it will not do. */
export interface CertificateAuthority {
  /** PEM, the active root first. All are trusted. */
  readonly roots: readonly string[];
  /** SHA-256 of the active root's DER, hex. */
  readonly fingerprint: string;
  issueAgent(csrPem: string, agentID: string): Promise<Issued>;
  issueAdmin(csrPem: string, username: string): Promise<Issued>;
  /** For DNS names and IP addresses. */
  issueServer(names: readonly string[]): Promise<IssuedWithKey>;
  /** The same, for a key made elsewhere. */
  issueServerFor(csrPem: string, names: readonly string[]): Promise<Issued>;
  /** The same pair again for a known host name. @throws AppError NAME_INVALID with the original's text */
  issueLegacyHost(request: LegacyHostRequest): Promise<IssuedWithKey>;
  /** Chain, dates (an end up to `expiredGraceMs` ago is forgiven), purpose, revocation. */
  check(certificate: X509Certificate, options?: { expiredGraceMs?: number }): Promise<CertificateCheck>;
}
