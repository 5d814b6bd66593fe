import type { SecureContextOptions, Server } from 'node:tls';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { isAbortOf } from '../../lib/stopped.ts';
import type { CertificateAuthority, IssuedWithKey } from '../ca/certificate-authority.ts';

const CHECK_INTERVAL_MS = 6 * 60 * 60_000;
const RENEW_BEFORE_END_MS = 30 * 24 * 60 * 60_000;

export interface ServerCertificateOptions {
  certificateAuthority: Pick<CertificateAuthority, 'issueServer' | 'roots'>;
  /** DNS names and IP addresses that clients call this server by. */
  names: readonly string[];
  clock: Clock;
  log: Logger;
}

/** The certificate that the server shows: made at each start, its key only in memory. */
export class ServerCertificate {
  readonly #options: ServerCertificateOptions;
  #current: IssuedWithKey;

  private constructor(options: ServerCertificateOptions, current: IssuedWithKey) {
    this.#options = options;
    this.#current = current;
  }

  /** @throws AppError CERTIFICATE_INVALID for a name that is none */
  static async make(options: ServerCertificateOptions): Promise<ServerCertificate> {
    const first = await options.certificateAuthority.issueServer(options.names);
    return new ServerCertificate(options, first);
  }

  secureContext(): SecureContextOptions {
    const { certPem, keyPem } = this.#current;
    return {
      cert: certPem,
      key: keyPem,
      ca: [...this.#options.certificateAuthority.roots],
      minVersion: 'TLSv1.2',
    };
  }

  /** Renews in good time; connections that are open stay. Ends when `signal` is aborted. */
  async keepFresh(server: Pick<Server, 'setSecureContext'>, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    for (;;) {
      try {
        await clock.sleep(CHECK_INTERVAL_MS, signal); // looks often, as a sleep does not count while a machine is suspended
        if (clock.now() > this.#current.expiresAt - RENEW_BEFORE_END_MS) await this.#renew(server);
      } catch (error) {
        if (isAbortOf(signal, error)) return;
        log.error('listener.unrenewed', 'Cannot renew the server certificate', { err: error });
      }
    }
  }

  async #renew(server: Pick<Server, 'setSecureContext'>): Promise<void> {
    const { certificateAuthority, names, log } = this.#options;
    this.#current = await certificateAuthority.issueServer(names);
    server.setSecureContext(this.secureContext());
    log.info('listener.renewed', 'The server has a new certificate', { expiresAt: this.#current.expiresAt });
  }
}
