/**
 * Authenticode signatures, made on Linux by osslsigncode. The key comes from files, from a PKCS#11 token or HSM, or as a whole PFX in
 * the environment, which is how CI systems hand out secrets.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../run-tool.ts';

export type SigningKey =
  | { kind: 'files'; certificatePath: string; keyPath: string; password: string | undefined }
  | { kind: 'pkcs11'; modulePath: string; certificate: string; key: string; password: string | undefined }
  | { kind: 'pfx'; pfx: Buffer; password: string | undefined };

export interface Signer {
  key: SigningKey;
  /** RFC 3161 server. Without a timestamp a signature ends with its certificate. */
  timestampUrl: string | undefined;
}

/**
 * Reads SIGN_CERTIFICATE with SIGN_KEY, SIGN_PKCS11_MODULE with both, or SIGN_PFX_BASE64; SIGN_PASSWORD goes with any, and
 * SIGN_TIMESTAMP_URL. Undefined when none is set: then nothing is signed.
 */
export function signerFromEnvironment(environment: NodeJS.ProcessEnv): Signer | undefined {
  const key = keyFromEnvironment(environment);
  return key === undefined
    ? undefined
    : { key, timestampUrl: environment['SIGN_TIMESTAMP_URL'] || undefined };
}

function keyFromEnvironment(environment: NodeJS.ProcessEnv): SigningKey | undefined {
  const password = environment['SIGN_PASSWORD'] || undefined;
  const pfx = environment['SIGN_PFX_BASE64'];
  if (pfx) return { kind: 'pfx', pfx: Buffer.from(pfx, 'base64'), password };
  const { SIGN_CERTIFICATE: certificate, SIGN_KEY: key, SIGN_PKCS11_MODULE: modulePath } = environment;
  if (!certificate && !key) return undefined;
  if (!certificate || !key)
    throw new Error('Cannot sign: set both SIGN_CERTIFICATE and SIGN_KEY, or neither');
  return modulePath
    ? { kind: 'pkcs11', modulePath, certificate, key, password }
    : { kind: 'files', certificatePath: certificate, keyPath: key, password };
}

export interface SignOrder {
  /** Shown to whoever is asked to let it run. */
  description: string;
  signer: Signer;
}

/** Signs a file in place: an executable, a library or an MSI. */
export function signFile(path: string, { description, signer }: SignOrder): void {
  const secretsDir = mkdtempSync(join(tmpdir(), 'sign-'));
  const signedPath = `${path}.signed`;
  try {
    const args = ['sign', ...keyArguments(signer.key, secretsDir), '-h', 'sha256', '-n', description];
    if (signer.timestampUrl !== undefined) args.push('-ts', signer.timestampUrl);
    if (path.endsWith('.msi')) args.push('-add-msi-dse'); // covers the names and sizes of its streams too
    rmSync(signedPath, { force: true });
    runTool('osslsigncode', [...args, '-in', path, '-out', signedPath]);
    renameSync(signedPath, path);
  } finally {
    rmSync(secretsDir, { recursive: true, force: true });
  }
}

/** Secrets go through files: arguments can be read by everybody on the machine. */
function keyArguments(key: SigningKey, secretsDir: string): string[] {
  const password =
    key.password === undefined ? [] : ['-readpass', secret(secretsDir, 'password', key.password)];
  switch (key.kind) {
    case 'files':
      return ['-certs', key.certificatePath, '-key', key.keyPath, ...password];
    case 'pkcs11':
      return ['-pkcs11module', key.modulePath, '-pkcs11cert', key.certificate, '-key', key.key, ...password];
    case 'pfx':
      return ['-pkcs12', secret(secretsDir, 'key.pfx', key.pfx), ...password];
  }
}

function secret(dir: string, name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
