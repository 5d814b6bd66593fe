import {
  createServer as createHttpServer,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { AppError, systemErrorCode } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { Stopped } from '../../lib/stopped.ts';
import { MAX_BODY_BYTES } from '../../protocol/version.ts';
import type { CertificateAuthority } from '../ca/certificate-authority.ts';
import { addGate, type ExpiredGrace } from './gate.ts';
import type { Listener } from './listener.ts';
import { PeerReader, listAddresses } from './peer-reader.ts';
import { ServerCertificate, type ServerCertificateOptions } from './server-certificate.ts';
import { Upgrades } from './upgrades.ts';

export interface ListenerOptions extends ServerCertificateOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  certificateAuthority: Pick<CertificateAuthority, 'check' | 'issueServer' | 'roots'>;
  /** A proxy ends TLS: plain HTTP here, and what these addresses say about the client's certificate is believed. */
  behindProxy?: { trustedAddresses: readonly string[] };
  expiredGraceMs?: ExpiredGrace;
  /** How long running requests may take to end when the listener closes. */
  closeDeadlineMs?: number;
  log: Logger;
}

/** Whoever is slower than this holds up nobody. An answer may take as long as an admin may wait for a job. */
const LIMITS = {
  headersTimeout: 20_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
} as const satisfies ServerOptions;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 360_000;
const CLOSE_DEADLINE_MS = 10_000;

/** @throws AppError CONFIG_INVALID or CERTIFICATE_INVALID for names or addresses that are none */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { certificateAuthority, behindProxy } = options;
  const proxies = behindProxy && listAddresses(behindProxy.trustedAddresses);
  const peers = new PeerReader({ certificateAuthority, proxies });
  const upgrades = new Upgrades(peers, options.log);
  const renewal = new AbortController();
  const makeServer = behindProxy ? plainServer : await secureServer(options, renewal.signal);
  const app = Fastify({
    serverFactory: (handler) => makeServer({ ...LIMITS, shouldUpgradeCallback: upgrades.isWanted }, handler),
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    trustProxy: behindProxy ? [...behindProxy.trustedAddresses] : false,
  });
  app.server.setTimeout(IDLE_TIMEOUT_MS);
  app.server.on('upgrade', upgrades.take);
  // Clients of the original send GET requests with a JSON body.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  addGate(app, peers, options.expiredGraceMs ?? {});
  logAnswers(app, options.log);

  return {
    app,
    peerOf: async (request) => await peers.peerOf(request),
    onUpgrade: (path, handler) => upgrades.on(path, handler),
    listen: async () => await listen(app, options),
    close: async () => {
      renewal.abort(new Stopped('shutdown'));
      await closeWithin(options.closeDeadlineMs ?? CLOSE_DEADLINE_MS, app, upgrades);
    },
  };
}

type MakeServer = (options: ServerOptions, handler: RequestListener) => Server;

const plainServer: MakeServer = (options, handler) => createHttpServer(options, handler);

async function secureServer(options: ListenerOptions, signal: AbortSignal): Promise<MakeServer> {
  const certificate = await ServerCertificate.make(options);
  return (serverOptions, handler) => {
    const server: HttpsServer = createHttpsServer(
      {
        ...serverOptions,
        ...certificate.secureContext(),
        requestCert: true,
        rejectUnauthorized: false, // who has none, or a wrong one, gets an answer that says so
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
      handler,
    );
    void certificate.keepFresh(server, signal);
    return server;
  };
}

/**
 * Listens and lets go again, so that a start on a taken port fails before it has made anything.
 * @throws AppError PORT_IN_USE or CONFIG_INVALID
 */
export async function requireFreePort({ host, port }: Pick<ListenerOptions, 'host' | 'port'>): Promise<void> {
  const probe = createTcpServer().listen({ host, port });
  try {
    await once(probe, 'listening');
  } catch (cause) {
    throw explain(cause, { host, port });
  }
  probe.close();
  await once(probe, 'close');
}

async function listen(app: FastifyInstance, { host, port }: ListenerOptions): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw explain(cause, { host, port });
  }
  return (app.server.address() as AddressInfo).port;
}

function explain(cause: unknown, { host, port }: { host: string; port: number }): AppError {
  switch (systemErrorCode(cause)) {
    case 'EADDRINUSE':
      return new AppError(
        'PORT_IN_USE',
        `Port ${port} on "${host}" is in use; stop the program that listens there, or choose another port`,
        { cause },
      );
    case 'EACCES':
      return new AppError(
        'CONFIG_INVALID',
        `This user may not listen on port ${port}; choose one above 1023, or give the right to`,
        { cause },
      );
    default:
      return new AppError('CONFIG_INVALID', `Cannot listen on "${host}", port ${port}`, { cause });
  }
}

function logAnswers(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url: path, ip } = request;
    const ms = Math.round(reply.elapsedTime);
    log.debug('http.answered', 'A request was answered', { method, path, status: reply.statusCode, ms, ip });
    done();
  });
}

async function closeWithin(deadlineMs: number, app: FastifyInstance, upgrades: Upgrades): Promise<void> {
  const deadline = setTimeout(() => {
    app.server.closeAllConnections();
    upgrades.destroyAll();
  }, deadlineMs);
  try {
    await app.close();
  } finally {
    clearTimeout(deadline);
  }
}
