import { generateKeyPair } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { fingerprintOf } from '../../protocol/fingerprint.ts';
import type { CertificateStore } from '../../store/server/certificate-store.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { readCertificateRequest } from './certificate-request.ts';
import { checkCertificate } from './check-certificate.ts';
import { makeIssue, type LeafClaim } from './issue.ts';
import { LegacyHosts } from './legacy-hosts.ts';
import { DEFAULT_LIFETIMES, type Lifetimes } from './lifetimes.ts';
import { openRoot, readFurtherRoots } from './root.ts';

export interface CertificateAuthorityOptions {
  /** Keys and roots lie in its folder `ca`. */
  dataDir: string;
  certificates: CertificateStore;
  clock: Clock;
  log: Logger;
  lifetimes?: Partial<Lifetimes>;
}

/**
 * Opens the CA in `dataDir`, or makes it at the first start.
 * @throws AppError STATE_CORRUPT or STATE_UNWRITABLE
 */
export async function openCertificateAuthority(
  options: CertificateAuthorityOptions,
): Promise<CertificateAuthority> {
  const { dataDir, certificates, clock, log } = options;
  const lifetimes = { ...DEFAULT_LIFETIMES, ...options.lifetimes };
  const dir = join(dataDir, 'ca');
  const root = await openRoot(dir, clock);
  const roots = [root.certificate, ...readFurtherRoots(dir)];
  const issue = makeIssue(root, options);
  const legacyHosts = new LegacyHosts({ dir: join(dir, 'hosts'), issue, clock });
  const fingerprint = fingerprintOf(root.certificate.toString());
  log.info('ca.opened', 'The certificate authority is ready', { fingerprint, roots: roots.length });

  return {
    roots: roots.map((each) => each.toString()),
    fingerprint,
    async issueAgent(csrPem, agentID) {
      const key = await readCertificateRequest(csrPem);
      return await issue(key, { role: 'agent', name: agentID, lifetimeMs: lifetimes.agentMs });
    },
    async issueAdmin(csrPem, username) {
      const key = await readCertificateRequest(csrPem);
      return await issue(key, { role: 'admin', name: username, lifetimeMs: lifetimes.adminMs });
    },
    async issueServer(names) {
      const claim = serverClaim(names, lifetimes.serverMs);
      const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' });
      const issued = await issue(publicKey, claim);
      return { ...issued, keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) };
    },
    async issueServerFor(csrPem, names) {
      const key = await readCertificateRequest(csrPem);
      return await issue(key, serverClaim(names, lifetimes.serverMs));
    },
    issueLegacyHost: async (request) => await legacyHosts.issue(request),
    check: async (certificate, { expiredGraceMs = 0 } = {}) =>
      await checkCertificate(certificate, { roots, certificates, clock, expiredGraceMs }),
  };
}

function serverClaim(names: readonly string[], lifetimeMs: number): LeafClaim {
  const [name] = names;
  const wrong = names.find(
    (each) => isIP(each) === 0 && !/^(\*\.)?[\w-]{1,63}(\.[\w-]{1,63})*\.?$/.test(each),
  );
  if (name === undefined || wrong !== undefined) {
    throw new AppError('CERTIFICATE_INVALID', `"${wrong ?? ''}" is neither a host name nor an IP address`);
  }
  return { role: 'server', name, altNames: names, lifetimeMs };
}
