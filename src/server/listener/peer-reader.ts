import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { AppError } from '../../lib/errors.ts';
import type { CertificateAuthority } from '../ca/certificate-authority.ts';
import type { Peer } from './peer.ts';

/** Set by the proxy to the client's certificate as URL-encoded PEM (nginx: $ssl_client_escaped_cert), empty without one. */
export const CLIENT_CERTIFICATE_HEADER = 'x-client-cert';

export interface PeerReaderOptions {
  certificateAuthority: Pick<CertificateAuthority, 'check'>;
  /** Who may speak for clients in the header; undefined when we end TLS ourselves. */
  proxies: BlockList | undefined;
}

/** Finds out who sent a request. The first to ask decides what is forgiven; the answer holds for this request. */
export class PeerReader {
  readonly #options: PeerReaderOptions;
  readonly #known = new WeakMap<IncomingMessage, Promise<Peer>>();

  constructor(options: PeerReaderOptions) {
    this.#options = options;
  }

  async peerOf(request: IncomingMessage, options: { expiredGraceMs?: number } = {}): Promise<Peer> {
    const known = this.#known.get(request) ?? this.#identify(request, options);
    this.#known.set(request, known);
    return await known;
  }

  async #identify(request: IncomingMessage, options: { expiredGraceMs?: number }): Promise<Peer> {
    const certificate = this.#presented(request);
    if (certificate === undefined) return { kind: 'none' };
    if (certificate === 'unreadable') return { kind: 'invalid', problem: 'untrusted' };
    const check = await this.#options.certificateAuthority.check(certificate, options);
    return 'problem' in check ? { kind: 'invalid', problem: check.problem } : check;
  }

  #presented(request: IncomingMessage): X509Certificate | 'unreadable' | undefined {
    const { proxies } = this.#options;
    const { socket } = request;
    if (socket instanceof TLSSocket) return socket.getPeerX509Certificate();
    return proxies !== undefined && isListed(proxies, socket.remoteAddress)
      ? fromHeader(request.headers[CLIENT_CERTIFICATE_HEADER])
      : undefined;
  }
}

/** @throws AppError CONFIG_INVALID */
export function listAddresses(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = '', prefix] = text.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    try {
      if (prefix === undefined) list.addAddress(address, family);
      else list.addSubnet(address, Number(prefix), family);
    } catch (cause) {
      throw new AppError(
        'CONFIG_INVALID',
        `"${text}" is not the address of a proxy; give an IP address or a network such as "10.0.0.0/8"`,
        { cause },
      );
    }
  }
  return list;
}

function isListed(list: BlockList, address: string | undefined): boolean {
  return address !== undefined && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function fromHeader(header: string | string[] | undefined): X509Certificate | 'unreadable' | undefined {
  if (header === undefined || header === '') return undefined;
  try {
    return new X509Certificate(decodeURIComponent(String(header)));
  } catch {
    return 'unreadable'; // a certificate of nobody we know
  }
}
