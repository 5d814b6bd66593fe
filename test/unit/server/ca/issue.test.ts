import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { publicKeyHashOf } from '../../../../src/server/ca/certificate-request.ts';
import { makeIssue } from '../../../../src/server/ca/issue.ts';
import { openRoot } from '../../../../src/server/ca/root.ts';
import type { CertificateStore } from '../../../../src/store/server/certificate-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const clock = new SettableClock();
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CLAIM = { role: 'host', name: 'h.example', lifetimeMs: 60_000 } as const;

test('what is issued is what was recorded', async () => {
  const { certificates } = openTestStore(onEnd);
  const root = await openRoot(makeTempDir(onEnd), clock);
  const issued = await makeIssue(root, { certificates, clock, log: silentLogger })(publicKey, CLAIM);
  const certificate = new X509Certificate(issued.certPem);
  expect(issued).toEqual({
    certPem: certificate.toString(),
    serial: certificate.serialNumber.toLowerCase(),
    expiresAt: clock.now() + 60_000,
    publicKeyHash: publicKeyHashOf(publicKey),
  });
  expect(await certificates.get(issued.serial)).toEqual({
    serial: issued.serial,
    kind: 'legacy-host',
    subject: 'h.example',
    issuedAt: clock.now(),
    expiresAt: issued.expiresAt,
  });
});

test('nothing is issued that cannot be recorded', async () => {
  const root = await openRoot(makeTempDir(onEnd), clock);
  const certificates = {
    add: () => Promise.reject(new Error('disk full')),
  } as Partial<CertificateStore> as CertificateStore;
  const issue = makeIssue(root, { certificates, clock, log: silentLogger });
  await expect(issue(publicKey, CLAIM)).rejects.toThrow('disk full');
});
