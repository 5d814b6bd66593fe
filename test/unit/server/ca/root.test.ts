import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openRoot, readFurtherRoots } from '../../../../src/server/ca/root.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { opensslVerify, testWithOpenssl } from '../../../support/openssl.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const clock = new SettableClock(Date.parse('2026-11-23T08:00:00.000Z'));

test('the root is made once and is the same after a restart', async () => {
  const dir = join(makeTempDir(onEnd), 'ca');
  const first = await openRoot(dir, clock);
  const second = await openRoot(dir, clock);
  expect(second.certificate.fingerprint256).toBe(first.certificate.fingerprint256);
  expect(second.certificate.checkPrivateKey(second.key)).toBe(true);
});

test('the root is an authority for ten years, and nothing else', async () => {
  const { certificate } = await openRoot(makeTempDir(onEnd), clock);
  expect({
    subject: certificate.subject,
    isAuthority: certificate.ca,
    curve: certificate.publicKey.asymmetricKeyDetails?.namedCurve,
    from: certificate.validFromDate.toISOString(),
    to: certificate.validToDate.toISOString(),
    signedByItself: certificate.verify(certificate.publicKey),
  }).toEqual({
    subject: 'CN=Commander CA',
    isAuthority: true,
    curve: 'prime256v1',
    from: '2026-11-23T07:55:00.000Z',
    to: '2036-11-22T08:00:00.000Z',
    signedByItself: true,
  });
});

testWithOpenssl('the root passes the strictest rules of OpenSSL', async () => {
  const dir = makeTempDir(onEnd);
  const rootPem = (await openRoot(join(dir, 'ca'), clock)).certificate.toString();
  const verdict = opensslVerify(dir, { rootPem, certPem: rootPem, purpose: 'any', at: clock.now() });
  expect(verdict).toBe('OK');
});

testOnPosix('the key can be read by this user alone', async () => {
  const dir = join(makeTempDir(onEnd), 'ca');
  await openRoot(dir, clock);
  const modes = [dir, join(dir, 'root.pem')].map((path) => (statSync(path).mode & 0o777).toString(8));
  expect(modes).toEqual(['700', '600']);
});

test.each<[string, (pem: string) => string]>([
  ['empty', () => ''],
  ['cut short', (pem) => pem.slice(0, -100)],
  ['without its key', (pem) => pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))],
  ['without its certificate', (pem) => pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE'))],
])('a root file that is %s is corrupt, and never made afresh', async (_what, damage) => {
  const dir = makeTempDir(onEnd);
  await openRoot(dir, clock);
  const filePath = join(dir, 'root.pem');
  const damaged = damage(readFileSync(filePath, 'utf8'));
  writeFileSync(filePath, damaged);
  await expect(openRoot(dir, clock)).rejects.toMatchObject({
    code: 'STATE_CORRUPT',
    message: expect.stringContaining(filePath) as unknown,
  });
  expect(readFileSync(filePath, 'utf8')).toBe(damaged);
});

test('a certificate with the key of another root is corrupt', async () => {
  const [dir, otherDir] = [makeTempDir(onEnd), makeTempDir(onEnd)];
  const { certificate } = await openRoot(otherDir, clock);
  const { key } = await openRoot(dir, clock);
  const keyPem = key.export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(join(dir, 'root.pem'), `${keyPem}${certificate.toString()}`);
  await expect(openRoot(dir, clock)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
});

test('a folder that cannot be written is said to be', async () => {
  const filePath = join(makeTempDir(onEnd), 'file');
  writeFileSync(filePath, '');
  await expect(openRoot(join(filePath, 'ca'), clock)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
});

test('further roots are the PEM files laid beside, if any', async () => {
  const [dir, otherDir] = [makeTempDir(onEnd), makeTempDir(onEnd)];
  const { certificate } = await openRoot(otherDir, clock);
  const before = readFurtherRoots(dir);
  mkdirSync(join(dir, 'roots'));
  writeFileSync(join(dir, 'roots', 'old.pem'), certificate.toString());
  writeFileSync(join(dir, 'roots', 'README'), 'not one');
  expect([before, readFurtherRoots(dir).map((each) => each.fingerprint256)]).toEqual([
    [],
    [new X509Certificate(certificate.toString()).fingerprint256],
  ]);
});
