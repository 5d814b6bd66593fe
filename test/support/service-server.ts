import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import Fastify from 'fastify';
import { systemClock, type Clock } from '../../src/lib/clock.ts';
import { silentLogger, type Logger } from '../../src/lib/log.ts';
import { fingerprintOf } from '../../src/protocol/fingerprint.ts';
import { registerAdminRoutes } from '../../src/server/api/admin-routes.ts';
import { registerAgentRoutes } from '../../src/server/api/agent-routes.ts';
import { attachCheckin } from '../../src/server/api/attach-checkin.ts';
import type { Upgrade } from '../../src/server/listener/listener.ts';
import type { IdentifiedPeer, Peer } from '../../src/server/listener/peer.ts';
import { createServices, type Services } from '../../src/server/services.ts';
import { openServerStore, type ServerStore } from '../../src/store/server/open-server-store.ts';
import type { Cleanup } from './cleanup.ts';
import { OriginalClient } from './original-client.ts';
import { makeTempDir } from './temp-dir.ts';
import { TestAuthority } from './test-authority.ts';

export interface ServiceServerOptions {
  clock?: Clock;
  log?: Logger;
  pingIntervalMs?: number;
}

export const ADMIN = { username: 'root', password: 'correct horse' };

/** The server's services behind a real TLS port, with a store on disk and certificates that need no CA of ours. */
export class ServiceServer {
  readonly url: string;
  readonly dataDir: string;
  readonly services: Services;
  readonly store: ServerStore;
  readonly #authority: TestAuthority;

  private constructor(
    fields: Pick<ServiceServer, 'url' | 'dataDir' | 'services' | 'store'>,
    authority: TestAuthority,
  ) {
    ({ url: this.url, dataDir: this.dataDir, services: this.services, store: this.store } = fields);
    this.#authority = authority;
  }

  static async start(
    onEnd: (cleanup: Cleanup) => void,
    { clock = systemClock, log = silentLogger, pingIntervalMs }: ServiceServerOptions = {},
  ): Promise<ServiceServer> {
    const dataDir = makeTempDir(onEnd);
    const store = openServerStore(dataDir);
    onEnd(() => store.close());
    const authority = await TestAuthority.create();
    const services = createServices({
      store,
      certificateAuthority: {
        roots: [authority.rootPem],
        fingerprint: fingerprintOf(authority.rootPem),
        issueAdmin: async (csr) => ({
          certPem: await authority.sign(csr),
          serial: '01',
          expiresAt: 0,
          publicKeyHash: '',
        }),
      },
      peerOf: async (request) => await Promise.resolve(peerOf(request)),
      dataDir,
      publicUrl: () => 'https://commander.example:8443',
      clock,
      log,
      ...(pingIntervalMs === undefined ? {} : { pingIntervalMs }),
    });
    const port = await listen(
      services,
      await authority.issue('server', { names: ['localhost', '127.0.0.1'] }),
      {
        root: authority.rootPem,
        onEnd,
      },
    );
    await services.accounts.add(ADMIN);
    return new ServiceServer({ url: `https://localhost:${port}`, dataDir, services, store }, authority);
  }

  /** A client whose certificate says `kind:subject`; without one, one that has no certificate. */
  async client(identity?: `${'agent' | 'admin' | 'host'}:${string}`): Promise<OriginalClient> {
    const pair = identity === undefined ? {} : await this.#authority.issue(identity);
    return new OriginalClient({ url: this.url, ca: this.#authority.rootPem, ...pair });
  }

  /** An endpoint of the original: a CAPy certificate, registered by key. */
  async originalAgent(hostname = 'py-agent'): Promise<{ client: OriginalClient; agentID: string }> {
    const client = await this.client(`host:${hostname}`);
    const agentID = await client.register(await this.services.registration.key(), hostname);
    return { client, agentID };
  }

  /** An endpoint of ours, as enrolment leaves it: its ID is in its certificate. */
  async agent(hostname = 'endpoint'): Promise<{ client: OriginalClient; agentID: string }> {
    const agentID = await this.services.registration.register({
      hostname,
      os: 'Linux',
      publicKeyHash: createHash('sha256').update(hostname).digest('hex'),
    });
    return { client: await this.client(`agent:${agentID}`), agentID };
  }

  async admin(): Promise<{ client: OriginalClient; token: string }> {
    return { client: await this.client(), token: await this.services.tokens.issue(ADMIN.username) };
  }
}

async function listen(
  services: Services,
  pair: { cert: string; key: string },
  { root, onEnd }: { root: string; onEnd: (cleanup: Cleanup) => void },
): Promise<number> {
  const server = createServer({ ...pair, ca: root, requestCert: true, rejectUnauthorized: false });
  const app = Fastify({
    serverFactory: (handler) => server.on('request', handler) as never,
    forceCloseConnections: true,
  });
  registerAdminRoutes(app, services);
  registerAgentRoutes(app, services);
  attachCheckin(
    {
      onUpgrade: (path, handler) =>
        server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
          if (request.url !== path) return socket.destroy();
          return handler({ request, socket, head, peer: peerOf(request) } satisfies Upgrade);
        }),
    },
    services,
  );
  onEnd(async () => {
    services.close();
    await app.close();
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (server.address() as AddressInfo).port;
}

function peerOf(request: IncomingMessage): Peer {
  const socket = request.socket as TLSSocket;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || !socket.authorized) return { kind: 'none' };
  const [kind = '', ...subject] = /^CN=(.*)$/m.exec(certificate.subject)?.[1]?.split(':') ?? [];
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return {
    kind: kind as IdentifiedPeer['kind'],
    subject: subject.join(':'),
    serial: certificate.serialNumber.toLowerCase(),
    publicKeyHash: createHash('sha256').update(spki).digest('hex'),
    expiresAt: Date.parse(certificate.validTo),
  };
}
