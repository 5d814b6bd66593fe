import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';

/** A test that needs the `openssl` command, which not every machine has. */
export function testWithOpenssl(name: string, run: () => Promise<void>): void {
  if (spawnSync('openssl', ['version']).status === 0) test(name, run);
}

/** What `openssl verify` says of a chain, with its strictest rules; `OK` when it is content. */
export function opensslVerify(
  dir: string,
  { rootPem, certPem, purpose, at }: { rootPem: string; certPem: string; purpose: string; at: number },
): string {
  const [rootPath, certPath] = [join(dir, 'verify-root.pem'), join(dir, 'verify-leaf.pem')];
  writeFileSync(rootPath, rootPem);
  writeFileSync(certPath, certPem);
  const time = String(Math.floor(at / 1000));
  const args = [
    'verify',
    '-x509_strict',
    '-purpose',
    purpose,
    '-attime',
    time,
    '-CAfile',
    rootPath,
    certPath,
  ];
  const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return (stdout + stderr).replaceAll(`${certPath}: `, '').trim();
}
