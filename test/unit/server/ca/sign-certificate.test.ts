import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { openRoot } from '../../../../src/server/ca/root.ts';
import { signLeaf, type Claim, type Issuer } from '../../../../src/server/ca/sign-certificate.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { opensslVerify, testWithOpenssl } from '../../../support/openssl.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const clock = new SettableClock();
const now = clock.now();
const HOUR_MS = 3_600_000;
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const [SERVER_AUTH, CLIENT_AUTH] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];

async function issuer(): Promise<Issuer> {
  return await openRoot(makeTempDir(onEnd), clock);
}

async function sign(claim: Partial<Claim>, key = EC): Promise<X509Certificate> {
  const dates = { notBefore: now - HOUR_MS, notAfter: now + HOUR_MS };
  return await signLeaf(await issuer(), key, { role: 'agent', name: 'a-1', ...dates, ...claim });
}

test.each([
  ['agent', [CLIENT_AUTH]],
  ['admin', [CLIENT_AUTH]],
  ['server', [SERVER_AUTH]],
  ['host', [SERVER_AUTH, CLIENT_AUTH]],
] as const)(
  'the certificate of an %s says so, is no authority and good for its purpose',
  async (role, purposes) => {
    const certificate = await sign({ role });
    expect([certificate.subject, certificate.ca, certificate.keyUsage]).toEqual([
      `OU=${role}\nCN=a-1`,
      false,
      purposes,
    ]);
  },
);

test('names and addresses stand in the certificate, each as what it is', async () => {
  const altNames = ['a.example', '*.b.example', '192.0.2.7', '::1'];
  const certificate = await sign({ role: 'server', altNames });
  expect(certificate.subjectAltName).toBe(
    'DNS:a.example, DNS:*.b.example, IP Address:192.0.2.7, IP Address:0:0:0:0:0:0:0:1',
  );
});

test('dates are those of the claim, to the second, but never after the root’s end', async () => {
  const root = await issuer();
  const claim = { role: 'agent', name: 'a', notBefore: now - HOUR_MS } as const;
  const short = await signLeaf(root, EC, { ...claim, notAfter: now + HOUR_MS });
  const long = await signLeaf(root, EC, { ...claim, notAfter: now + 1e12 });
  expect([short.validFromDate.getTime(), short.validToDate.getTime(), long.validToDate]).toEqual([
    now - HOUR_MS,
    now + HOUR_MS,
    root.certificate.validToDate,
  ]);
});

test.each(['x"y"', '#0401', 'a, CN=b', 'a\nOU=admin', 'a\u0000b', ' a ', 'größe ☃', 'a/CN=b+c'])(
  'the name %j stays one name',
  async (name) => {
    const { subject } = (await sign({ name })).toLegacyObject();
    expect({ ...subject }).toEqual({ OU: 'agent', CN: name });
  },
);

test('further parts of a subject come first', async () => {
  const subject = [
    ['C', 'DE'],
    ['2.5.4.9', 'Main Street 1'],
    ['E', 'a@b.example'],
  ] as const;
  expect((await sign({ role: 'host', subject })).subject).toBe(
    'C=DE\nstreet=Main Street 1\nemailAddress=a@b.example\nOU=host\nCN=a-1',
  );
});

test('serial numbers are long, positive, all of one length and never the same', async () => {
  const serials = await Promise.all([1, 2, 3, 4].map(async () => (await sign({})).serialNumber));
  expect(serials.every((serial) => /^01[0-9A-F]{32}$/.test(serial))).toBe(true);
  expect(new Set(serials).size).toBe(4);
});

test('what no certificate can say is refused', async () => {
  await expect(sign({ subject: [['nonsense', 'x']] })).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
});

for (const [role, key, purpose, more] of [
  ['agent', EC, 'sslclient', {}],
  ['agent', RSA, 'sslclient', {}],
  ['server', EC, 'sslserver', { altNames: ['a.example', '::1'] }],
  ['host', RSA, 'sslserver', { altNames: ['a.example'], subject: [['C', 'DE']] }],
] as const) {
  const what = `${String(key.asymmetricKeyType)} certificate of an ${role}`;
  testWithOpenssl(`the ${what} passes the strictest rules of OpenSSL`, async () => {
    const root = await issuer();
    const claim = { role, name: 'a-1', notBefore: now - HOUR_MS, notAfter: now + HOUR_MS, ...more };
    const verdict = opensslVerify(makeTempDir(onEnd), {
      rootPem: root.certificate.toString(),
      certPem: (await signLeaf(root, key, claim)).toString(),
      purpose,
      at: now,
    });
    expect(verdict).toBe('OK');
  });
}
