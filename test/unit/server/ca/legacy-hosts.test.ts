import { X509Certificate, createPrivateKey } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../../src/lib/log.ts';
import { makeIssue } from '../../../../src/server/ca/issue.ts';
import { LegacyHosts } from '../../../../src/server/ca/legacy-hosts.ts';
import { openRoot } from '../../../../src/server/ca/root.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { testOnPosix } from '../../../support/on-posix.ts';
import { openTestStore } from '../../../support/server-records.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;

async function open(): Promise<{
  hosts: LegacyHosts;
  reopen: () => LegacyHosts;
  dir: string;
  clock: SettableClock;
}> {
  const clock = new SettableClock();
  const { certificates } = openTestStore(onEnd);
  const issue = makeIssue(await openRoot(makeTempDir(onEnd), clock), {
    certificates,
    clock,
    log: silentLogger,
  });
  const dir = join(makeTempDir(onEnd), 'hosts');
  const reopen = (): LegacyHosts => new LegacyHosts({ dir, issue, clock });
  return { hosts: reopen(), reopen, dir, clock };
}

test('a host gets an RSA key and a certificate for it, which is no authority', async () => {
  const { hosts } = await open();
  const { certPem, keyPem, ...issued } = await hosts.issue({ hostname: 'h.example', maxDays: 10 });
  const certificate = new X509Certificate(certPem);
  expect(keyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]*\n-----END PRIVATE KEY-----\n$/);
  expect([certPem.endsWith('-----END CERTIFICATE-----\n'), certificate.ca, certificate.subject]).toEqual([
    true,
    false,
    'OU=host\nCN=h.example',
  ]);
  expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(certificate.validToDate.getTime()).toBe(issued.expiresAt);
});

test('a known host gets the same pair again, whatever it asks for, also after a restart', async () => {
  const { hosts, reopen } = await open();
  const first = await hosts.issue({ hostname: 'h.example' });
  const second = await hosts.issue({ hostname: 'H.EXAMPLE', maxDays: 1, CN: 'other' });
  const third = await reopen().issue({ hostname: 'h.example' });
  expect([second, third]).toEqual([first, first]);
});

test('two first requests at once get one pair; another host gets another', async () => {
  const { hosts } = await open();
  const [one, two, other] = await Promise.all([
    hosts.issue({ hostname: 'h' }),
    hosts.issue({ hostname: 'h' }),
    hosts.issue({ hostname: 'g' }),
  ]);
  expect(two).toEqual(one);
  expect(other.serial).not.toBe(one.serial);
});

test('a refused request leaves nothing that a right one would stumble over', async () => {
  const { hosts, dir } = await open();
  await expect(hosts.issue({ hostname: 'h', maxDays: 9999 })).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
  });
  expect(existsSync(dir)).toBe(false);
  expect((await hosts.issue({ hostname: 'h' })).certPem).toContain('BEGIN CERTIFICATE');
});

test('an expired pair is replaced', async () => {
  const { hosts, clock } = await open();
  const first = await hosts.issue({ hostname: 'h', maxDays: 1 });
  clock.advance(DAY_MS);
  expect((await hosts.issue({ hostname: 'h' })).serial).not.toBe(first.serial);
});

testOnPosix('keys can be read by this user alone', async () => {
  const { hosts, dir } = await open();
  await hosts.issue({ hostname: 'h' });
  const modes = [dir, ...readdirSync(dir).map((name) => join(dir, name))].map((path) =>
    (statSync(path).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['700', '600']);
});
