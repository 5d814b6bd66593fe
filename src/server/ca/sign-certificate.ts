import { X509Certificate, randomBytes, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Extension, Name, PublicKey } from '@peculiar/x509';
import { AppError } from '../../lib/errors.ts';
import { loadX509 } from '../../lib/x509.ts';

type X509Library = Awaited<ReturnType<typeof loadX509>>;

/** Who signs: a root certificate with its EC P-256 key. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

export type SubjectPart = readonly [attribute: string, value: string];

/** What a certificate says, apart from its key. The role stands in OU, the name in CN. */
export interface Claim {
  readonly role: 'agent' | 'admin' | 'server' | 'host';
  readonly name: string;
  /** Further parts of the subject: C, ST, L, O, E or an object identifier, and the value. */
  readonly subject?: readonly SubjectPart[];
  /** DNS names and IP addresses. */
  readonly altNames?: readonly string[];
  /** In milliseconds since the epoch; cut at the root's own end. */
  readonly notAfter: number;
  readonly notBefore: number;
}

/** The subject of the root; the original's has the same. */
const ROOT_NAME = 'CN=Commander CA';
const SIGNATURE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** What RFC 5280 (appendix A) wants; all others are UTF-8. */
const STRING_TYPES: Readonly<Record<string, string>> = { C: 'printableString', E: 'ia5String' };
const PURPOSES = {
  agent: ['clientAuth'],
  admin: ['clientAuth'],
  server: ['serverAuth'],
  host: ['serverAuth', 'clientAuth'],
} as const satisfies Record<Claim['role'], readonly ('clientAuth' | 'serverAuth')[]>;

export async function signRoot(
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  { notBefore, notAfter }: { notBefore: number; notAfter: number },
): Promise<X509Certificate> {
  const x509 = await loadX509();
  const publicKey = toPublicKey(x509, keys.publicKey);
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: ROOT_NAME,
    issuer: ROOT_NAME,
    serialNumber: makeSerial(),
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey,
    signingKey: await toSigningKey(keys.privateKey),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      ...(await keyIdentifiers(x509, { subject: publicKey, issuer: publicKey })),
    ],
  });
  return new X509Certificate(Buffer.from(certificate.rawData));
}

/** @throws AppError CERTIFICATE_INVALID when the claim cannot be put into a certificate */
export async function signLeaf(issuer: Issuer, publicKey: KeyObject, claim: Claim): Promise<X509Certificate> {
  const x509 = await loadX509();
  const notAfter = Math.min(claim.notAfter, issuer.certificate.validToDate.getTime());
  try {
    const certificate = await x509.X509CertificateGenerator.create({
      subject: toName(x509, [...(claim.subject ?? []), ['OU', claim.role], ['CN', claim.name]]),
      issuer: new x509.X509Certificate(issuer.certificate.raw).subjectName,
      serialNumber: makeSerial(),
      notBefore: new Date(claim.notBefore),
      notAfter: new Date(notAfter),
      publicKey: toPublicKey(x509, publicKey),
      signingKey: await toSigningKey(issuer.key),
      signingAlgorithm: SIGNATURE,
      extensions: await leafExtensions(x509, { issuer, publicKey, claim }),
    });
    return new X509Certificate(Buffer.from(certificate.rawData));
  } catch (cause) {
    throw new AppError('CERTIFICATE_INVALID', `Cannot make a certificate for "${claim.name}"`, { cause });
  }
}

async function leafExtensions(
  x509: X509Library,
  { issuer, publicKey, claim }: { issuer: Issuer; publicKey: KeyObject; claim: Claim },
): Promise<Extension[]> {
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  // With an RSA key, TLS 1.2 can encipher the secret itself.
  const usages = [digitalSignature, ...(publicKey.asymmetricKeyType === 'rsa' ? [keyEncipherment] : [])];
  const keys = {
    subject: toPublicKey(x509, publicKey),
    issuer: toPublicKey(x509, issuer.certificate.publicKey),
  };
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(
      usages.reduce((all, usage) => all | usage),
      true,
    ),
    new x509.ExtendedKeyUsageExtension(PURPOSES[claim.role].map((purpose) => x509.ExtendedKeyUsage[purpose])),
    ...(await keyIdentifiers(x509, keys)),
    ...altNameExtension(x509, claim.altNames ?? []),
  ];
}

/** Without both, strict verifiers refuse the chain (RFC 5280, 4.2.1.1 and 4.2.1.2). */
async function keyIdentifiers(
  x509: X509Library,
  { subject, issuer }: { subject: PublicKey; issuer: PublicKey },
): Promise<Extension[]> {
  return [
    await x509.SubjectKeyIdentifierExtension.create(subject),
    await x509.AuthorityKeyIdentifierExtension.create(issuer),
  ];
}

function altNameExtension(x509: X509Library, names: readonly string[]): Extension[] {
  if (names.length === 0) return [];
  const altNames = names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const);
  return [new x509.SubjectAlternativeNameExtension(altNames)];
}

/** As typed strings: the library reads quotes and a leading # in plain ones as syntax. */
function toName(x509: X509Library, parts: readonly SubjectPart[]): Name {
  return new x509.Name(
    parts.map(([attribute, value]) => ({
      [attribute]: [{ [STRING_TYPES[attribute] ?? 'utf8String']: value }],
    })),
  );
}

function toPublicKey(x509: X509Library, key: KeyObject): PublicKey {
  return new x509.PublicKey(key.export({ format: 'der', type: 'spki' }));
}

async function toSigningKey(key: KeyObject): Promise<CryptoKey> {
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  return await crypto.subtle.importKey('pkcs8', pkcs8, SIGNATURE, false, ['sign']);
}

/** 128 random bits behind a byte that keeps the number positive and its hex of one length everywhere. */
function makeSerial(): string {
  return `01${randomBytes(16).toString('hex')}`;
}
