import { X509Certificate, createHash, generateKeyPair } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import type { Clock } from '../../lib/clock.ts';
import { makePrivateDir } from '../../lib/make-private-dir.ts';
import { Serial } from '../../lib/serial.ts';
import type { IssuedWithKey, LegacyHostRequest } from './certificate-authority.ts';
import { readLegacyRequest, type HostClaim } from './legacy-request.ts';
import { DAY_MS } from './lifetimes.ts';
import { describe, type Issue } from './issue.ts';

export interface LegacyHostsOptions {
  dir: string;
  issue: Issue;
  clock: Clock;
}

/** The original's pairs of key and certificate, made here and handed out again to whoever names the host. */
export class LegacyHosts {
  readonly #options: LegacyHostsOptions;
  /** Two first requests for one host must get one pair. */
  readonly #turns = new Serial();

  constructor(options: LegacyHostsOptions) {
    this.#options = options;
  }

  /** @throws AppError NAME_INVALID or CERTIFICATE_INVALID; nothing is remembered of a request that failed */
  async issue(request: LegacyHostRequest): Promise<IssuedWithKey> {
    const claim = readLegacyRequest(request);
    return await this.#turns.run(async () => this.#known(claim.hostname) ?? (await this.#make(claim)));
  }

  /** Until it expires; the original hands out expired ones for ever. */
  #known(hostname: string): IssuedWithKey | undefined {
    const filePath = this.#pathOf(hostname);
    if (!existsSync(filePath)) return undefined;
    const pem = readFileSync(filePath, 'utf8');
    const described = describe(new X509Certificate(pem));
    if (described.expiresAt <= this.#options.clock.now()) return undefined;
    return { ...described, keyPem: pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE')) };
  }

  async #make({ hostname, keyBits, maxDays, ...claim }: HostClaim): Promise<IssuedWithKey> {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: keyBits });
    const issued = await this.#options.issue(publicKey, {
      role: 'host',
      ...claim,
      lifetimeMs: maxDays * DAY_MS,
    });
    const keyPem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    makePrivateDir(this.#options.dir);
    writeFileAtomic(this.#pathOf(hostname), keyPem + issued.certPem, { mode: 0o600 });
    return { ...issued, keyPem };
  }

  /** Hashed: a host name can be longer than a file name, or a device on Windows. */
  #pathOf(hostname: string): string {
    return join(this.#options.dir, `${createHash('sha256').update(hostname).digest('hex')}.pem`);
  }
}
