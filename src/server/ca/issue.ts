import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { CertificateStore, IssuedCertificate } from '../../store/server/certificate-store.ts';
import type { Issued } from './certificate-authority.ts';
import { publicKeyHashOf } from './certificate-request.ts';
import { BACKDATE_MS } from './lifetimes.ts';
import { signLeaf, type Claim, type Issuer } from './sign-certificate.ts';

/** A leaf to be, whenever that is. */
export type LeafClaim = Omit<Claim, 'notBefore' | 'notAfter'> & { readonly lifetimeMs: number };
export type Issue = (key: KeyObject, claim: LeafClaim) => Promise<Issued>;

export interface IssueDeps {
  certificates: CertificateStore;
  clock: Clock;
  log: Logger;
}

const KIND_OF = {
  agent: 'agent',
  admin: 'admin',
  server: 'server',
  host: 'legacy-host',
} as const satisfies Record<Claim['role'], IssuedCertificate['kind']>;

/** Nothing leaves the CA without a row in the store. */
export function makeIssue(root: Issuer, { certificates, clock, log }: IssueDeps): Issue {
  return async (key, { lifetimeMs, ...claim }) => {
    const now = clock.now();
    const certificate = await signLeaf(root, key, {
      ...claim,
      notBefore: now - BACKDATE_MS,
      notAfter: now + lifetimeMs,
    });
    const { serial, expiresAt, ...described } = describe(certificate);
    const kind = KIND_OF[claim.role];
    await certificates.add({ serial, kind, subject: claim.name, issuedAt: now, expiresAt });
    log.info('ca.issued', 'A certificate was issued', { kind, subject: claim.name, serial });
    return { serial, expiresAt, ...described };
  };
}

export function describe(certificate: X509Certificate): Issued {
  return {
    certPem: certificate.toString(),
    serial: certificate.serialNumber.toLowerCase(),
    expiresAt: certificate.validToDate.getTime(),
    publicKeyHash: publicKeyHashOf(certificate.publicKey),
  };
}
