import { loadX509 } from './x509.ts';

export interface CertificateRequest {
  /** PEM, PKCS #8. It never leaves this machine. */
  readonly key: string;
  /** PEM, PKCS #10: what a certificate authority signs. */
  readonly csr: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes an EC P-256 key and the request for a certificate that names `commonName`. */
export async function createCertificateRequest(commonName: string): Promise<CertificateRequest> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), csr: csr.toString('pem') };
}
