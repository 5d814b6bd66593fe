import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const DAY_MS = 86_400_000;
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const;
const USAGES: KeyUsage[] = ['sign', 'verify'];
const { KeyUsageFlags } = x509;

export interface HostPair {
  cert: string;
  key: string;
}

export interface HostOptions {
  maxDays?: number;
  commonName?: string;
  dns?: string[];
}

/** The certificates as CAPy makes them, mistakes and all: every host is a CA, and its AKI is a hash of its own key. */
export class CapyAuthority {
  readonly rootPem: string;
  readonly #keys: CryptoKeyPair;
  readonly #rootName = 'CN=Commander CA';

  private constructor(rootPem: string, keys: CryptoKeyPair) {
    this.rootPem = rootPem;
    this.#keys = keys;
  }

  static async create(): Promise<CapyAuthority> {
    const keys = await generateKeys();
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: 'CN=Commander CA',
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 3_650 * DAY_MS),
      signingAlgorithm: RSA,
      keys,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'Commander CA' }]),
        new x509.BasicConstraintsExtension(true, undefined, true),
      ],
    });
    return new CapyAuthority(`${root.toString('pem')}\n`, keys);
  }

  async issue(hostname: string, options: HostOptions = {}): Promise<HostPair> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: `CN=${options.commonName ?? hostname}`,
      issuer: this.#rootName,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + (options.maxDays ?? 825) * DAY_MS),
      signingAlgorithm: RSA,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: await hostExtensions(keys.publicKey, options.dns ?? []),
    });
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    return {
      cert: `${certificate.toString('pem')}\n`,
      key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    };
  }
}

async function hostExtensions(publicKey: CryptoKey, dns: string[]): Promise<x509.Extension[]> {
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey));
  const flags = [KeyUsageFlags.digitalSignature, KeyUsageFlags.nonRepudiation, KeyUsageFlags.keyEncipherment];
  const usage: x509.KeyUsageFlags = flags.reduce((all, flag) => all | flag);
  const names = dns.map((value) => ({ type: 'dns' as const, value }));
  return [
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    new x509.KeyUsagesExtension(usage, true),
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.AuthorityKeyIdentifierExtension(createHash('sha1').update(spki).digest('hex')),
  ];
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(RSA, true, USAGES);
}

function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('hex');
}
