import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CapyAuthority, HostPair } from './capy-authority.ts';
import { json, type Reply } from './reply.ts';

/** `GET /ca/root-trust` and `GET /ca/host-certificate`, plain HTTP, no questions asked. */
export class Capy {
  readonly #authority: CapyAuthority;
  readonly #hosts = new Map<string, HostPair>();
  /** A folder without a certificate: every later request for the host fails. */
  readonly #poisoned = new Set<string>();
  readonly server = createServer((request, response) => {
    void this.#answer(request).then(({ status, headers, body }) =>
      response.writeHead(status, headers).end(body),
    );
  });

  constructor(authority: CapyAuthority) {
    this.#authority = authority;
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const body = await text(request);
    if (request.method !== 'GET') return html(405, 'Method Not Allowed');
    if (request.url === '/ca/root-trust') return json(200, { root: this.#authority.rootPem });
    if (request.url !== '/ca/host-certificate') return html(404, 'Not Found');
    const options = readOptions(request.headers['content-type'], body);
    return options === undefined ? html(400, 'Bad Request') : await this.#hostCertificate(options);
  }

  async #hostCertificate(options: Record<string, unknown> | null): Promise<Reply> {
    if (options === null || Array.isArray(options))
      return json(400, { error: 'please ensure Content-Type is application/json' });
    const { hostname } = options;
    if (hostname === undefined) return json(400, { error: 'hostname not found in the request' });
    if (!isHostname(hostname))
      return json(400, { error: 'hostname in the request was not standard FQDN format' });
    const pair = await this.#pairFor(hostname.toLowerCase(), options);
    if (pair === undefined) return html(500, 'Internal Server Error');
    return json(200, { ...pair, root: this.#authority.rootPem });
  }

  /** The same pair for whoever asks again, private key included. */
  async #pairFor(hostname: string, options: Record<string, unknown>): Promise<HostPair | undefined> {
    const { maxDays = 825, CN = hostname, DNS = [], C, keySize = 2048 } = options;
    const known = this.#hosts.get(hostname);
    if (known !== undefined || this.#poisoned.has(hostname)) return known;
    const badCountry = C !== undefined && !(typeof C === 'string' && /^[A-Z]{2}$/.test(C));
    if (Number(maxDays) > 826 || badCountry || Number(keySize) < 1024) {
      this.#poisoned.add(hostname);
      return undefined;
    }
    const pair = await this.#authority.issue(hostname, {
      maxDays: Number(maxDays),
      commonName: String(CN),
      dns: DNS as string[],
    });
    if (CN === hostname) this.#hosts.set(hostname, pair);
    else this.#poisoned.add(hostname);
    return pair;
  }
}

/** Undefined when Flask would not even look at it: no JSON type, no body, no JSON. */
function readOptions(
  contentType: string | undefined,
  body: string,
): Record<string, unknown> | null | undefined {
  if (!/^application\/json\b/i.test(contentType ?? '')) return undefined;
  try {
    return JSON.parse(body) as Record<string, unknown> | null;
  } catch {
    return undefined;
  }
}

function isHostname(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 253) return false;
  return value.split('.').every((label) => /^[a-z0-9-]{1,63}$/i.test(label));
}

function html(status: number, title: string): Reply {
  const body = `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
