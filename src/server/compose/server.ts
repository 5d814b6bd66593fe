import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { systemClock, type Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Credentials } from '../../protocol/schemas/admin/accounts.ts';
import { PATHS } from '../../protocol/version.ts';
import { openServerStore } from '../../store/server/open-server-store.ts';
import { registerAdminRoutes } from '../api/admin-routes.ts';
import { registerAgentRoutes } from '../api/agent-routes.ts';
import { attachCheckin } from '../api/attach-checkin.ts';
import { registerCertificateRoutes } from '../api/certificate-routes.ts';
import { registerDownloadRoutes } from '../api/installer-routes.ts';
import { openCertificateAuthority } from '../ca/open-certificate-authority.ts';
import { openListener, requireFreePort } from '../listener/open-listener.ts';
import { lockDataDir } from '../lock-data-dir.ts';
import { createServices } from './services.ts';

/** An agent that was switched off for a while comes back by itself. */
const RENEWAL_GRACE_MS = 30 * 24 * 60 * 60_000;

export interface ServerOptions {
  /** Holds everything: database, CA, archives. Made if missing. */
  dataDir: string;
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** What clients call this server by, for its certificate: DNS names and IP addresses beside the obvious ones. */
  names?: readonly string[];
  /** What join tokens say, when it is not the first name and the port. */
  publicUrl?: string;
  /** Serve CAPy's GET /ca/host-certificate, which hands out private keys. */
  legacyCapy?: boolean;
  /** A proxy ends TLS and asks for client certificates; these may be its addresses. */
  behindProxy?: { trustedAddresses: readonly string[] };
  log: Logger;
  clock?: Clock;
}

export interface RunningServer {
  /** What agents and admins use. */
  readonly url: string;
  /** SHA-256 of the root certificate, hex. */
  readonly fingerprint: string;
  /** Only at the very first start; the password is kept nowhere. */
  readonly firstAdmin?: Credentials;
  /** Ends check-ins, lets running requests finish, then closes the store. */
  close(): Promise<void>;
}

/**
 * Builds the server and opens its door.
 * @throws AppError DATA_DIR_IN_USE, STATE_*, PORT_IN_USE or CONFIG_INVALID; nothing is left open then
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const opened = new AsyncDisposableStack();
  try {
    const server = await build(options, opened);
    return { ...server, close: async () => await opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** What is opened is closed in reverse. */
async function build(
  options: ServerOptions,
  opened: AsyncDisposableStack,
): Promise<Omit<RunningServer, 'close'>> {
  const { dataDir, log, clock = systemClock, legacyCapy = false } = options;
  const publicUrl = readPublicUrl(options);
  await requireFreePort(options);
  opened.adopt(lockDataDir(dataDir), (held) => held.release());
  const store = opened.adopt(openServerStore(dataDir), (open) => open.close());
  const { certificates } = store;
  const ca = await openCertificateAuthority({ dataDir, certificates, clock, log });
  const listener = opened.adopt(
    await openListener({
      ...options,
      certificateAuthority: ca,
      names: namesOf(options, publicUrl),
      expiredGraceMs: { [PATHS.renew]: RENEWAL_GRACE_MS },
      clock,
    }),
    async (open) => await open.close(),
  );
  let url = '';
  const { peerOf } = listener;
  const services = opened.adopt(
    createServices({ store, certificateAuthority: ca, peerOf, dataDir, publicUrl: () => url, clock, log }),
    (running) => running.close(),
  );
  registerAdminRoutes(listener.app, services);
  registerAgentRoutes(listener.app, services);
  registerCertificateRoutes(listener.app, services, { certificateAuthority: ca, legacyCapy });
  registerDownloadRoutes(listener.app, services);
  attachCheckin(listener, services);
  opened.defer(await services.startLoops());
  const port = await listener.listen();
  url = publicUrl?.origin ?? urlOf(options, port);
  // Last: a start that fails must not have made a password that nobody has seen.
  const firstAdmin = await services.accounts.ensureFirst();
  log.info('server.started', 'The server is ready', { url, fingerprint: ca.fingerprint });
  return {
    url,
    fingerprint: ca.fingerprint,
    ...(firstAdmin && { firstAdmin }),
  };
}

function readPublicUrl({ publicUrl }: ServerOptions): URL | undefined {
  if (publicUrl === undefined) return undefined;
  const url = URL.parse(publicUrl);
  if (url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.hash === '') return url;
  throw new AppError('CONFIG_INVALID', `"${publicUrl}" is not of the form "https://host:port"`);
}

/** The server's certificate must name whatever its clients might call it. */
function namesOf({ names = [], host }: ServerOptions, publicUrl: URL | undefined): string[] {
  const own = [hostname(), host].filter((name) => /^[\w.:-]+$/.test(name) && !isWildcard(name));
  const inUrl = publicUrl === undefined ? [] : [publicUrl.hostname.replace(/^\[|\]$/g, '')];
  return [...new Set([...names, ...inUrl, ...own, 'localhost', '127.0.0.1', '::1'])];
}

function urlOf({ names = [], host }: ServerOptions, port: number): string {
  const name = names[0] ?? (isWildcard(host) ? hostname() : host);
  return `https://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
