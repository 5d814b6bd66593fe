import { isIP } from 'node:net';
import type { JsonGeneralName, PublicKey } from '@peculiar/x509';
import { loadX509 } from '../../src/lib/x509.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export interface TestPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for tests: real keys and certificates, quick to make. */
export class TestAuthority {
  readonly rootPem: string;
  readonly #keys: CryptoKeyPair;

  private constructor(rootPem: string, keys: CryptoKeyPair) {
    this.rootPem = rootPem;
    this.#keys = keys;
  }

  static async create(name = 'Test CA'): Promise<TestAuthority> {
    const x509 = await loadX509();
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ALGORITHM,
      notAfter: new Date(Date.now() + DAY_MS),
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(root.toString('pem'), keys);
  }

  /** Signs what a certificate request asks for. */
  async sign(csrPem: string, notAfter = new Date(Date.now() + DAY_MS)): Promise<string> {
    const x509 = await loadX509();
    const request = new x509.Pkcs10CertificateRequest(csrPem);
    return await this.#issue(request.subject, request.publicKey, { notAfter });
  }

  /** A pair of its own, for a server when there are names, else for a client. */
  async issue(
    commonName: string,
    { names = [], notAfter }: { names?: string[]; notAfter?: Date } = {},
  ): Promise<TestPair> {
    const x509 = await loadX509();
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const cert = await this.#issue(`CN=${commonName}`, keys.publicKey, {
      names,
      ...(notAfter && { notAfter }),
    });
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { cert, key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
  }

  async #issue(
    subject: string,
    publicKey: PublicKey | CryptoKey,
    { names = [], notAfter = new Date(Date.now() + DAY_MS) }: { names?: string[]; notAfter?: Date },
  ): Promise<string> {
    const x509 = await loadX509();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: new x509.X509Certificate(this.rootPem).subject,
      publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - 30 * DAY_MS),
      notAfter,
      extensions: [
        new x509.SubjectAlternativeNameExtension(
          names.map((value): JsonGeneralName => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
        ),
      ],
    });
    return certificate.toString('pem');
  }
}
