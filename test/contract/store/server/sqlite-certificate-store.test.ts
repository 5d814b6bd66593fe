import { expect, test } from '@jest/globals';
import type { CertificateStore, IssuedCertificate } from '../../../../src/store/server/certificate-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { NOON, openTestStore } from '../../../support/server-records.ts';

const onEnd = useCleanup();
const LATER = NOON + 1000;

function certificate(serial: string, change: Partial<IssuedCertificate> = {}): IssuedCertificate {
  return { serial, kind: 'agent', subject: 'agent-1', issuedAt: NOON, expiresAt: NOON + 5000, ...change };
}

async function open(...certificates: IssuedCertificate[]): Promise<CertificateStore> {
  const store = openTestStore(onEnd).certificates;
  for (const each of certificates) await store.add(each);
  return store;
}

async function revocations(store: CertificateStore, ...serials: string[]): Promise<unknown[]> {
  return await Promise.all(serials.map(async (serial) => (await store.get(serial))?.revokedAt));
}

test('a certificate is found by its serial number', async () => {
  const full = certificate('02', { kind: 'legacy-host', revokedAt: LATER, firstUsedAt: NOON });
  const store = await open(certificate('01'), full);
  expect([await store.get('01'), await store.get('02'), await store.get('03')]).toEqual([
    certificate('01'),
    full,
    undefined,
  ]);
});

test('a serial number is used once', async () => {
  const store = await open(certificate('01'));
  await expect(store.add(certificate('01', { subject: 'other' }))).rejects.toThrow();
});

test('a first use ends what the same subject had before, and nothing else', async () => {
  const store = await open(
    certificate('01'),
    certificate('02', { subject: 'agent-2' }),
    certificate('03', { kind: 'admin' }),
    certificate('04'),
    certificate('05'),
  );
  await store.firstUsed('04', NOON, LATER);
  expect(await revocations(store, '01', '02', '03', '04', '05')).toEqual([
    LATER,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(await store.get('04')).toEqual(certificate('04', { firstUsedAt: NOON }));
});

test('only the first use counts, and it never gives an older certificate more time', async () => {
  const store = await open(certificate('01', { revokedAt: NOON }), certificate('02'), certificate('03'));
  await store.firstUsed('03', NOON, LATER);
  await store.firstUsed('03', NOON + 1, LATER + 1);
  expect(await revocations(store, '01', '02')).toEqual([NOON, LATER]);
  expect(await store.get('03')).toEqual(certificate('03', { firstUsedAt: NOON }));
});

test('revoking a subject ends all it has at once, and counts what was still good for something', async () => {
  const store = await open(
    certificate('01'),
    certificate('02', { revokedAt: LATER }),
    certificate('03', { revokedAt: NOON - 1 }),
    certificate('04', { expiresAt: NOON }),
    certificate('05', { subject: 'agent-2' }),
    certificate('06', { kind: 'admin' }),
  );
  const revoked = await store.revokeSubject('agent', 'agent-1', NOON);
  expect([revoked, ...(await revocations(store, '01', '02', '03', '04', '05', '06'))]).toEqual([
    2,
    NOON,
    NOON,
    NOON - 1,
    undefined,
    undefined,
    undefined,
  ]);
});
