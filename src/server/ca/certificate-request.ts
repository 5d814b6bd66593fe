import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '../../lib/errors.ts';
import { loadX509 } from '../../lib/x509.ts';

const CURVES = ['prime256v1', 'secp384r1'];
const MIN_RSA_BITS = 2048;
/** Checking a signature made with a much larger key takes noticeable time, for whoever sends one. */
const MAX_RSA_BITS = 8192;

/**
 * The public key of a signing request whose sender has the private key. Nothing else in a request is looked at: what goes
 * into a certificate is for the CA to say.
 * @throws AppError CERTIFICATE_INVALID
 */
export async function readCertificateRequest(csrPem: string): Promise<KeyObject> {
  const { Pkcs10CertificateRequest } = await loadX509();
  let key: KeyObject;
  let isSigned: boolean;
  try {
    const request = new Pkcs10CertificateRequest(csrPem);
    key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
    refuseUnfitKey(key);
    isSigned = await request.verify();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('CERTIFICATE_INVALID', 'The certificate signing request cannot be read', { cause });
  }
  if (isSigned) return key;
  throw new AppError('CERTIFICATE_INVALID', 'The certificate signing request is not signed with its own key');
}

/** SHA-256 of the key's SPKI DER, hex. */
export function publicKeyHashOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex');
}

function refuseUnfitKey({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): void {
  const bits = details.modulusLength ?? 0;
  if (type === 'ed25519') return;
  if (type === 'ec' && CURVES.includes(details.namedCurve ?? '')) return;
  if (type === 'rsa' && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS) return;
  throw new AppError(
    'CERTIFICATE_INVALID',
    `The key of the certificate signing request will not do: EC P-256 or P-384, Ed25519, or RSA of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits is needed`,
  );
}
