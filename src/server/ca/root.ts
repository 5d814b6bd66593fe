import { X509Certificate, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { makePrivateDir } from '../../lib/make-private-dir.ts';
import { signRoot, type Issuer } from './sign-certificate.ts';
import { BACKDATE_MS, DAY_MS } from './lifetimes.ts';

const ROOT_LIFETIME_MS = 3652 * DAY_MS;

/**
 * The root in `dir`, made there at the first start. Key and certificate are one file, so that no crash can part them.
 * @throws AppError STATE_CORRUPT or STATE_UNWRITABLE
 */
export async function openRoot(dir: string, clock: Clock): Promise<Issuer> {
  const filePath = join(dir, 'root.pem');
  if (!existsSync(filePath)) await makeRoot(filePath, { dir, clock });
  return readRoot(filePath);
}

/** Further roots to trust, one PEM file each in `roots`: the one before a change, or the one to come. */
export function readFurtherRoots(dir: string): X509Certificate[] {
  const rootsDir = join(dir, 'roots');
  if (!existsSync(rootsDir)) return [];
  return readdirSync(rootsDir)
    .filter((name) => name.endsWith('.pem'))
    .sort()
    .map((name) => readCertificate(join(rootsDir, name)));
}

async function makeRoot(filePath: string, { dir, clock }: { dir: string; clock: Clock }): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const now = clock.now();
  const certificate = await signRoot(
    { privateKey, publicKey },
    { notBefore: now - BACKDATE_MS, notAfter: now + ROOT_LIFETIME_MS },
  );
  const keyPem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  try {
    makePrivateDir(dir);
    writeFileAtomic(filePath, keyPem + certificate.toString(), { mode: 0o600 });
  } catch (cause) {
    throw new AppError(
      'STATE_UNWRITABLE',
      `Cannot write "${filePath}"; check that the folder belongs to this user and the disk is not full`,
      { cause },
    );
  }
}

function readRoot(filePath: string): Issuer {
  const certificate = readCertificate(filePath);
  try {
    const key = createPrivateKey(readFileSync(filePath));
    if (certificate.checkPrivateKey(key)) return { certificate, key };
  } catch (cause) {
    throw corrupt(filePath, cause);
  }
  throw corrupt(filePath);
}

function readCertificate(filePath: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(filePath));
  } catch (cause) {
    throw corrupt(filePath, cause);
  }
}

/** Never made afresh by itself: no agent would trust the new one. */
function corrupt(filePath: string, cause?: unknown): AppError {
  return new AppError(
    'STATE_CORRUPT',
    `"${filePath}" does not hold a root certificate with its key; restore it from a backup, or every agent must enrol again`,
    { cause },
  );
}
