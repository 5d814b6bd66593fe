import { join } from 'node:path';
import { runTool } from '../../../build/installers/run-tool.ts';

/** A self-signed certificate for code, with its key, as PEM files in `dir`. */
export function makeTestCertificate(dir: string): { certificatePath: string; keyPath: string } {
  const [certificatePath, keyPath] = [join(dir, 'certificate.pem'), join(dir, 'key.pem')];
  runTool('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=A test'],
    ...['-addext', 'extendedKeyUsage=codeSigning', '-keyout', keyPath, '-out', certificatePath],
  ]);
  return { certificatePath, keyPath };
}
