import { X509Certificate, createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../lib/errors.ts';

/** SHA-256 over the certificate's DER: 64 lower-case hex digits. */
export function fingerprintOf(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
}

/** Takes hex with or without colons and spaces, in either case, as openssl and browsers print it. */
export function normalizeFingerprint(text: string): string {
  const hex = text
    .replace(/^sha-?256[:=]/i, '')
    .replace(/[:\s]/g, '')
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new AppError(
      'TOKEN_INVALID',
      `"${text}" is not a SHA-256 fingerprint: 64 hex digits are needed, colons allowed`,
    );
  }
  return hex;
}

export function fingerprintMatches(pem: string, fingerprint: string): boolean {
  return timingSafeEqual(Buffer.from(fingerprintOf(pem), 'hex'), Buffer.from(fingerprint, 'hex'));
}
