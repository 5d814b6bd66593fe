import { buffer } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { MAX_BODY_BYTES } from '../../../src/protocol/version.ts';
import { Answer, nginxPage, type AppRequest, type Reply } from './reply.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const SECURITY_HEADERS = {
  server: 'nginx',
  'x-frame-options': 'SAMEORIGIN',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

/** What nginx says before anything reaches Commander; undefined lets the request through. */
export function refuseAtFront(request: IncomingMessage): Reply | undefined {
  const certificate = certificateState(request.socket as unknown as TlsPeer);
  if (certificate === 'bad') return nginxPage('400-certificate');
  if (certificate === 'none' && pathOf(request).startsWith('/agent')) return nginxPage('403');
  if (!METHODS.includes(request.method ?? '')) return nginxPage('405');
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return nginxPage('413');
  return undefined;
}

interface TlsPeer {
  authorized: boolean;
  getPeerCertificate(): object;
}

function certificateState(socket: TlsPeer): 'good' | 'bad' | 'none' {
  if (Object.keys(socket.getPeerCertificate()).length === 0) return 'none';
  return socket.authorized ? 'good' : 'bad';
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}

/** The whole request; Answer 413 when a chunked body grows beyond the limit. */
export async function readRequest(request: IncomingMessage): Promise<AppRequest> {
  const body = await buffer(request);
  if (body.length > MAX_BODY_BYTES) throw new Answer(nginxPage('413'));
  const { search } = new URL(request.url ?? '/', 'https://proxy');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : value,
    ]),
  );
  const query = new URLSearchParams(search);
  return { method: request.method ?? 'GET', path: pathOf(request), query, headers, body };
}

export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const headers: Record<string, string> = { ...SECURITY_HEADERS, ...reply.headers };
  const body = Buffer.from(reply.body);
  if (reply.headers?.['connection'] === 'close') response.shouldKeepAlive = false;
  if (reply.status === 206 || headers['content-encoding'] !== undefined || !wantsGzip(request, headers)) {
    response.writeHead(reply.status, withLength(headers, body));
    response.end(body);
    return;
  }
  response.writeHead(reply.status, {
    ...headers,
    'content-encoding': 'gzip',
    'transfer-encoding': 'chunked',
  });
  response.end(gzipSync(body));
}

function withLength(headers: Record<string, string>, body: Buffer): Record<string, string | number> {
  if (headers['content-encoding'] !== undefined) return { ...headers, 'transfer-encoding': 'chunked' };
  return { ...headers, 'content-length': body.length };
}

function wantsGzip(request: IncomingMessage, headers: Record<string, string>): boolean {
  const compressible = /^(application\/json|text\/html)/.test(headers['content-type'] ?? '');
  return compressible && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
}
