import { X509Certificate, createPrivateKey } from 'node:crypto';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createCertificateRequest } from '../../../../src/lib/certificate-request.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openOwnAuthority } from '../../../support/own-authority.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;

test('the fingerprint is that of the root, and both stay over a restart', async () => {
  const dataDir = makeTempDir(onEnd);
  const { ca: first } = await openOwnAuthority(onEnd, { dataDir });
  const { ca: second } = await openOwnAuthority(onEnd, { dataDir });
  const digest = new X509Certificate(first.roots[0] ?? '').fingerprint256.replaceAll(':', '').toLowerCase();
  expect([first.fingerprint, second.fingerprint, second.roots]).toEqual([digest, digest, first.roots]);
});

test('agents and admins get certificates for the key of their request, with lifetimes of their own', async () => {
  const clock = new SettableClock();
  const { ca } = await openOwnAuthority(onEnd, { clock });
  const { csr, key } = await createCertificateRequest('whatever');
  const agent = await ca.issueAgent(csr, 'a-1');
  const admin = await ca.issueAdmin(csr, 'root');
  expect([agent.expiresAt - clock.now(), admin.expiresAt - clock.now()]).toEqual([90 * DAY_MS, DAY_MS / 2]);
  for (const { certPem } of [agent, admin]) {
    expect(new X509Certificate(certPem).checkPrivateKey(createPrivateKey(key))).toBe(true);
  }
  expect(await ca.check(new X509Certificate(agent.certPem))).toMatchObject({ kind: 'agent', subject: 'a-1' });
  expect(await ca.check(new X509Certificate(admin.certPem))).toMatchObject({
    kind: 'admin',
    subject: 'root',
  });
});

test('the server’s certificate is good for each of its names', async () => {
  const { ca } = await openOwnAuthority(onEnd);
  const { certPem, keyPem } = await ca.issueServer(['host_1', 'a.example', '192.0.2.7', '::1']);
  const certificate = new X509Certificate(certPem);
  expect([
    certificate.checkHost('a.example'),
    certificate.checkIP('192.0.2.7'),
    certificate.checkIP('::1'),
    certificate.checkHost('b.example'),
    certificate.checkPrivateKey(createPrivateKey(keyPem)),
  ]).toEqual(['a.example', '192.0.2.7', '::1', undefined, true]);
});

test('a server’s certificate is made for a key from elsewhere, too, and is none of a client', async () => {
  const { ca } = await openOwnAuthority(onEnd);
  const { key, csr } = await createCertificateRequest('what it says counts for nothing');
  const certificate = new X509Certificate((await ca.issueServerFor(csr, ['a.example', '192.0.2.7'])).certPem);
  expect([
    certificate.checkPrivateKey(createPrivateKey(key)),
    certificate.subject,
    certificate.subjectAltName,
    certificate.keyUsage,
  ]).toEqual([true, 'OU=server\nCN=a.example', 'DNS:a.example, IP Address:192.0.2.7', ['1.3.6.1.5.5.7.3.1']]);
  expect(await ca.check(certificate)).toEqual({ problem: 'wrong-purpose' });
});

test.each([[['a b']], [['a.example', 'https://a.example']], [[]]])(
  'a server cannot have the names %j',
  async (names) => {
    const { ca } = await openOwnAuthority(onEnd);
    const { csr } = await createCertificateRequest('server');
    await expect(ca.issueServer(names)).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
    await expect(ca.issueServerFor(csr, names)).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
  },
);

test('a root laid beside the active one is trusted too', async () => {
  const [oldDir, newDir] = [makeTempDir(onEnd), makeTempDir(onEnd)];
  const { ca: old } = await openOwnAuthority(onEnd, { dataDir: oldDir });
  mkdirSync(join(newDir, 'ca', 'roots'), { recursive: true });
  copyFileSync(join(oldDir, 'ca', 'root.pem'), join(newDir, 'ca', 'roots', 'old.pem'));
  const { ca } = await openOwnAuthority(onEnd, { dataDir: newDir });
  const { certPem } = await old.issueAgent((await createCertificateRequest('a')).csr, 'a-1');
  expect([ca.roots.length, ca.roots[1], await ca.check(new X509Certificate(certPem))]).toEqual([
    2,
    old.roots[0],
    expect.objectContaining({ subject: 'a-1' }),
  ]);
});

test('host certificates of the original come from here too', async () => {
  const { ca } = await openOwnAuthority(onEnd);
  const { certPem } = await ca.issueLegacyHost({ hostname: 'h.example' });
  expect(await ca.check(new X509Certificate(certPem))).toMatchObject({ kind: 'host', subject: 'h.example' });
});
