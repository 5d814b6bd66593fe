import type { X509Certificate } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { CertificateStore, IssuedCertificate } from '../../store/server/certificate-store.ts';
import { publicKeyHashOf } from './certificate-request.ts';
import type { CertificateCheck } from './certificate-authority.ts';
import { DAY_MS } from './lifetimes.ts';

/**
 * A renewed certificate ends the ones before it, but not at once: an agent that dies between its first connection with the
 * new one and writing that down comes back with the old one.
 */
const OVERLAP_MS = DAY_MS;
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const CLIENT_ROLES = ['agent', 'admin', 'host'] as const;

export interface CheckOptions {
  readonly roots: readonly X509Certificate[];
  readonly certificates: CertificateStore;
  readonly clock: Clock;
  readonly expiredGraceMs: number;
}

/** Whom a client certificate names, or why it does not count. The first agent's use of a new one is noted. */
export async function checkCertificate(
  certificate: X509Certificate,
  { roots, certificates, clock, expiredGraceMs }: CheckOptions,
): Promise<CertificateCheck> {
  const now = clock.now();
  const expiresAt = certificate.validToDate.getTime();
  if (!roots.some((root) => isIssuedBy(certificate, root))) return { problem: 'untrusted' };
  if (certificate.validFromDate.getTime() > now) return { problem: 'not-yet-valid' };
  if (expiresAt + expiredGraceMs < now) return { problem: 'expired' };
  const name = clientName(certificate);
  if (name === undefined) return { problem: 'wrong-purpose' };

  const serial = certificate.serialNumber.toLowerCase();
  const record = await certificates.get(serial);
  if (record?.revokedAt !== undefined && record.revokedAt <= now) return { problem: 'revoked' };
  if (isFirstUse(record)) await certificates.firstUsed(serial, now, now + OVERLAP_MS);
  return { ...name, serial, expiresAt, publicKeyHash: publicKeyHashOf(certificate.publicKey) };
}

/** Straight from a root: what our certificates sign counts for nothing. */
function isIssuedBy(certificate: X509Certificate, root: X509Certificate): boolean {
  return certificate.checkIssued(root) && certificate.verify(root.publicKey);
}

function clientName(
  certificate: X509Certificate,
): { kind: (typeof CLIENT_ROLES)[number]; subject: string } | undefined {
  if (certificate.ca || !certificate.keyUsage.includes(CLIENT_AUTH)) return undefined;
  // Values are arrays when an attribute is there more than once; we issue no such thing.
  const { OU: role, CN: subject } = certificate.toLegacyObject().subject as Record<string, unknown>;
  const kind = CLIENT_ROLES.find((known) => known === role);
  return kind === undefined || typeof subject !== 'string' ? undefined : { kind, subject };
}

/** Admins log in from several machines side by side: theirs do not replace each other. */
function isFirstUse(record: IssuedCertificate | undefined): boolean {
  return record?.kind === 'agent' && record.firstUsedAt === undefined;
}
