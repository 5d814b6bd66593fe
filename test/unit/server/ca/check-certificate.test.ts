import { X509Certificate, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import type { CertificateCheck, Issued } from '../../../../src/server/ca/certificate-authority.ts';
import { checkCertificate } from '../../../../src/server/ca/check-certificate.ts';
import { makeIssue, type LeafClaim } from '../../../../src/server/ca/issue.ts';
import { openRoot } from '../../../../src/server/ca/root.ts';
import { signLeaf, type Issuer } from '../../../../src/server/ca/sign-certificate.ts';
import type { CertificateStore } from '../../../../src/store/server/certificate-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

class Setup {
  readonly clock = new SettableClock();
  readonly certificates: CertificateStore = openTestStore(onEnd).certificates;
  readonly root: Issuer;

  private constructor(root: Issuer) {
    this.root = root;
  }

  static async open(): Promise<Setup> {
    return new Setup(await openRoot(makeTempDir(onEnd), new SettableClock()));
  }

  async issue(claim: Partial<LeafClaim> = {}, key: KeyObject = publicKey): Promise<Issued> {
    const { certificates, clock } = this;
    const issue = makeIssue(this.root, { certificates, clock, log: silentLogger });
    return await issue(key, { role: 'agent', name: 'a-1', lifetimeMs: 90 * DAY_MS, ...claim });
  }

  async check(certPem: string, expiredGraceMs = 0): Promise<CertificateCheck> {
    const { certificates, clock, root } = this;
    const roots = [root.certificate];
    return await checkCertificate(new X509Certificate(certPem), {
      roots,
      certificates,
      clock,
      expiredGraceMs,
    });
  }
}

test.each(['agent', 'admin', 'host'] as const)(
  'the certificate of an %s names who it is for',
  async (role) => {
    const setup = await Setup.open();
    const { certPem, ...issued } = await setup.issue({ role, name: 'me, "too"' });
    expect(await setup.check(certPem)).toEqual({ kind: role, subject: 'me, "too"', ...issued });
  },
);

test('a certificate of another authority is untrusted, even one of the same name', async () => {
  const [setup, stranger] = [await Setup.open(), await Setup.open()];
  expect(await setup.check((await stranger.issue()).certPem)).toEqual({ problem: 'untrusted' });
});

test('what our own certificates sign is untrusted', async () => {
  const setup = await Setup.open();
  const host = new X509Certificate((await setup.issue({ role: 'host' })).certPem);
  const now = setup.clock.now();
  const forged = await signLeaf({ certificate: host, key: privateKey }, publicKey, {
    role: 'admin',
    name: 'root',
    notBefore: now - HOUR_MS,
    notAfter: now + HOUR_MS,
  });
  expect(await setup.check(forged.toString())).toEqual({ problem: 'untrusted' });
});

test('a server’s certificate and the root are no clients', async () => {
  const setup = await Setup.open();
  const server = await setup.issue({ role: 'server', name: 'localhost' });
  const checks = [await setup.check(server.certPem), await setup.check(setup.root.certificate.toString())];
  expect(checks).toEqual([{ problem: 'wrong-purpose' }, { problem: 'wrong-purpose' }]);
});

test('a certificate counts from its beginning to its end, and after that as long as is forgiven', async () => {
  const setup = await Setup.open();
  const { certPem, expiresAt } = await setup.issue();
  const beforeMs = setup.clock.now() - HOUR_MS;
  const at = async (ms: number, graceMs = 0): Promise<unknown> => {
    setup.clock.advance(ms - setup.clock.now());
    const check = await setup.check(certPem, graceMs);
    return 'problem' in check ? check.problem : check.kind;
  };
  expect([
    await at(beforeMs),
    await at(expiresAt),
    await at(expiresAt + 1),
    await at(expiresAt + DAY_MS, DAY_MS),
    await at(expiresAt + DAY_MS + 1, DAY_MS),
  ]).toEqual(['not-yet-valid', 'agent', 'expired', 'agent', 'expired']);
});

test('a revocation counts from its time on, also where an end is forgiven', async () => {
  const setup = await Setup.open();
  const { certPem } = await setup.issue();
  await setup.certificates.revokeSubject('agent', 'a-1', setup.clock.now());
  expect(await setup.check(certPem, DAY_MS)).toEqual({ problem: 'revoked' });
});

test('the first use of an agent’s new certificate ends the old one a day later', async () => {
  const setup = await Setup.open();
  const old = await setup.issue();
  const unused = await setup.issue();
  const renewed = await setup.issue({}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
  const works = async ({ certPem }: Issued): Promise<boolean> => 'kind' in (await setup.check(certPem));
  const beforeUse = [await works(old)];
  beforeUse.push(await works(renewed));
  setup.clock.advance(DAY_MS - 1);
  const withinOverlap = await works(old);
  setup.clock.advance(1);
  expect([beforeUse, withinOverlap, await works(old), await works(unused), await works(renewed)]).toEqual([
    [true, true],
    true,
    false,
    false,
    true,
  ]);
});

test('an admin who logs in twice has two certificates that count', async () => {
  const setup = await Setup.open();
  const [first, second] = [await setup.issue({ role: 'admin' }), await setup.issue({ role: 'admin' })];
  await setup.check(second.certPem);
  setup.clock.advance(2 * DAY_MS);
  expect(await setup.check(first.certPem)).toMatchObject({ kind: 'admin' });
});
