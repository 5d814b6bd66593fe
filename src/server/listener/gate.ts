import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GENERIC, genericError } from '../../protocol/commander/replies.ts';
import { CERTIFICATE_PROBLEM_HEADER } from '../../protocol/version.ts';
import { CERTIFICATE_ERROR, htmlPage } from './html-page.ts';
import type { PeerReader } from './peer-reader.ts';
import type { Peer } from './peer.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Why a request does not get in; sent as the original's proxy did. */
interface Refusal {
  readonly status: number;
  readonly page: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** By path: how long after its end a client certificate still counts there. */
export type ExpiredGrace = Readonly<Record<string, number>>;

/** What the original's proxy did for it: certificates, methods, sizes. Runs before any route. */
export function addGate(app: FastifyInstance, peers: PeerReader, expiredGraceMs: ExpiredGrace): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const path = request.routeOptions.url ?? request.url; // as routed: "/%61gent" is "/agent" too
    const peer = await peers.peerOf(request.raw, { expiredGraceMs: expiredGraceMs[path] ?? 0 });
    const refusal = refuse(peer, path) ?? refuseMethod(request.method);
    if (refusal === undefined) return;
    await reply.code(refusal.status).headers(refusal.headers).type('text/html').send(refusal.page);
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (reply.statusCode !== 413) return await Promise.resolve(payload);
    reply.header('connection', 'close').type('text/html').removeHeader('content-length');
    return htmlPage(413);
  });
  answerUnknownPaths(app);
}

/** The same for an upgrade: lets it through or answers it. */
export async function admitUpgrade(
  { request, socket }: { request: IncomingMessage; socket: Duplex },
  peers: PeerReader,
): Promise<Peer | undefined> {
  const peer = await peers.peerOf(request);
  const refusal = refuse(peer, request.url ?? '');
  if (refusal === undefined) return peer;
  socket.end(asResponse(refusal));
  return undefined;
}

function refuse(peer: Peer, path: string): Refusal | undefined {
  if (peer.kind === 'invalid') {
    return {
      status: 400,
      page: htmlPage(400, CERTIFICATE_ERROR),
      headers: { connection: 'close', [CERTIFICATE_PROBLEM_HEADER]: peer.problem },
    };
  }
  if (peer.kind === 'none' && path.startsWith('/agent')) {
    return { status: 403, page: htmlPage(403), headers: {} };
  }
  return undefined;
}

function refuseMethod(method: string): Refusal | undefined {
  if (METHODS.some((known) => known === method)) return undefined;
  return { status: 405, page: htmlPage(405), headers: { allow: METHODS.join(', ') } };
}

function answerUnknownPaths(app: FastifyInstance): void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsOf.set(url, new Set([...(methodsOf.get(url) ?? []), ...[method].flat()]));
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsOf.get(request.url.replace(/\?.*$/s, ''));
    if (methods === undefined) return reply.code(404).send(GENERIC.notFound);
    return reply
      .code(405)
      .header('allow', [...methods].join(', '))
      .send(genericError(405, 'Method Not Allowed', 'The method is not allowed for the requested URL.'));
  });
}

function asResponse({ status, page, headers }: Refusal): string {
  const lines = Object.entries({
    ...SECURITY_HEADERS,
    'content-type': 'text/html',
    'content-length': String(Buffer.byteLength(page)),
    ...headers,
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${page}`;
}
