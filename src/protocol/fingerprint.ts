import { X509Certificate, createHash } from 'node:crypto';
import { AppError } from '../lib/errors.ts';

/**
 * SHA-256 over the certificate's DER: 64 lower-case hex digits.
 * @throws AppError CERTIFICATE_INVALID, also when there is a second one in the text: whoever checks the first and then
 * trusts the text would trust both.
 */
export function fingerprintOf(pem: string): string {
  if (pem.split('-----BEGIN ').length !== 2)
    throw new AppError('CERTIFICATE_INVALID', 'The text does not hold exactly one certificate in PEM form');
  try {
    return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  } catch (cause) {
    throw new AppError('CERTIFICATE_INVALID', 'The certificate cannot be read', { cause });
  }
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

/** Whether `fingerprint`, in any form that `normalizeFingerprint` takes, is that of the certificate. */
export function fingerprintMatches(pem: string, fingerprint: string): boolean {
  return fingerprintOf(pem) === normalizeFingerprint(fingerprint);
}
