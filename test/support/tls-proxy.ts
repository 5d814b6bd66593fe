import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Cleanup } from './cleanup.ts';

export interface ProxyOptions {
  port: number;
  targetPort: number;
  /** Where server.pem and server-key.pem are. */
  certificateDir: string;
}

/** A proxy that does what docs/proxy.md asks of one, and nothing else. */
export async function startTlsProxy(
  onEnd: (cleanup: Cleanup) => void,
  { port, targetPort, certificateDir }: ProxyOptions,
): Promise<void> {
  const [cert, key] = ['server.pem', 'server-key.pem'].map((name) =>
    readFileSync(join(certificateDir, name)),
  );
  const proxy = createServer({ cert, key, requestCert: true, rejectUnauthorized: false });
  const optionsFor = (request: IncomingMessage): RequestOptions => ({
    ...{ host: '127.0.0.1', port: targetPort, agent: false },
    ...{ method: request.method, path: request.url, headers: headersOf(request) },
  });
  proxy.on('request', (request, response) => {
    const forward = httpRequest(optionsFor(request), (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forward.on('error', () => response.destroy());
    request.pipe(forward);
  });
  proxy.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const forward = httpRequest(optionsFor(request));
    forward.on('error', () => socket.destroy());
    forward.on('upgrade', (answer, target) => {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('')}\r\n`);
      for (const [from, to] of [[socket, target] as const, [target, socket] as const]) {
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
    });
    forward.on('response', (answer) => answer.pipe(socket));
    forward.end();
  });
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  onEnd(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
}

function headersOf({ headers, socket }: IncomingMessage): Record<string, string | string[] | undefined> {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  const shown = certificate === undefined ? '' : encodeURIComponent(certificate.toString());
  return { ...headers, 'x-client-cert': shown, 'x-forwarded-for': socket.remoteAddress };
}
