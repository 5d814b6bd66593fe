import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Cleanup } from './cleanup.ts';
import { TestAuthority } from './test-authority.ts';

export interface SeenRequest {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Whom the client certificate names; undefined without one. */
  readonly peer: string | undefined;
}

export type Script = (request: SeenRequest, response: ServerResponse) => unknown;

/** A TLS server on loopback that asks for client certificates, takes any, and answers as each test says. */
export class ScriptedServer {
  readonly authority: TestAuthority;
  readonly server: Server;
  readonly seen: SeenRequest[] = [];
  /** Called for each request, in place of a 404. */
  script: Script = (_request, response) => response.writeHead(404).end();
  readonly #streams = new Set<TLSSocket>();

  private constructor(authority: TestAuthority, server: Server) {
    this.authority = authority;
    this.server = server;
    server.on('secureConnection', (stream: TLSSocket) => {
      this.#streams.add(stream);
      stream.on('close', () => this.#streams.delete(stream)).on('error', () => stream.destroy());
    });
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(
    onEnd: (cleanup: Cleanup) => void,
    { names = ['localhost', '127.0.0.1'], port = 0 } = {},
  ): Promise<ScriptedServer> {
    const authority = await TestAuthority.create();
    const pair = await authority.issue('server', { names });
    const tls = { ...pair, ca: authority.rootPem, requestCert: true, rejectUnauthorized: false };
    const scripted = new ScriptedServer(
      authority,
      createServer({ ...tls, ALPNProtocols: ['h2', 'http/1.1'] }),
    );
    await scripted.listen(port);
    onEnd(async () => await scripted.stop());
    return scripted;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#streams.size;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  /** Breaks every connection and listens no more. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.dropAll();
    await closed;
  }

  dropAll(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  /** A pair of key and certificate, and the root, as an agent keeps them. */
  async credentials(
    agentID = 'agent-1',
    options: { notAfter?: Date } = {},
  ): Promise<{ key: string; cert: string; roots: string }> {
    return { ...(await this.authority.issue(agentID, options)), roots: this.authority.rootPem };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const peer = peerOf(request);
    const seen = {
      line: `${request.method ?? ''} ${request.url ?? ''}`,
      headers: request.headers,
      body,
      peer,
    };
    this.seen.push(seen);
    await this.script(seen, response);
  }
}

/** Answers JSON. */
export function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function peerOf({ socket }: IncomingMessage): string | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return certificate?.subject.replace(/^CN=/, '');
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
