import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fingerprintOf } from '../../src/protocol/fingerprint.ts';
import { SessionFile } from '../../src/cli/session/session-file.ts';
import { TestAuthority } from './test-authority.ts';

export interface SeenRequest {
  /** `POST /admin/jobs?state=queued` */
  readonly line: string;
  /** JSON if it is JSON, form fields and file sizes if it is a form, else undefined. */
  readonly body: unknown;
  /** CN of the client certificate, if there was one. */
  readonly user: string | undefined;
  readonly authorization: string | undefined;
}

/** What to send: a value as JSON with status 200, or a status with a body. */
export type Answer =
  { status: number; body?: unknown; trailers?: Record<string, string> } | { json: unknown };
type Answers = Answer | ((request: SeenRequest) => Answer | Promise<Answer>);

/** The far end of the admin client: a real HTTPS server that says what a test tells it to say and remembers what it was asked. */
export class AdminServer {
  readonly seen: SeenRequest[] = [];
  readonly authority: TestAuthority;
  readonly #server: Server;
  readonly #answers = new Map<string, Answers>();

  private constructor(authority: TestAuthority, server: Server) {
    this.authority = authority;
    this.#server = server;
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void this.#handle(request, response),
    );
  }

  static async start(names = ['localhost', '127.0.0.1']): Promise<AdminServer> {
    const authority = await TestAuthority.create();
    const pair = await authority.issue('server', { names });
    const server = createServer({
      ...pair,
      ca: authority.rootPem,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AdminServer(authority, server).#knowingItself();
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get fingerprint(): string {
    return fingerprintOf(this.authority.rootPem);
  }

  /** `line` is method and path, without a query. */
  answer(line: string, answers: Answers): void {
    this.#answers.set(line, answers);
  }

  /** Writes the session that `commander login` would write. */
  async logIn(
    configDir: string,
    { username = 'admin', notAfter }: { username?: string; notAfter?: Date } = {},
  ): Promise<void> {
    const pair = await this.authority.issue(username, notAfter === undefined ? {} : { notAfter });
    new SessionFile(configDir).write({
      server: this.url,
      username,
      roots: [this.authority.rootPem],
      ...pair,
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #knowingItself(): this {
    this.answer('GET /ca/root-trust', { json: { root: this.authority.rootPem } });
    return this;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    const seen: SeenRequest = {
      line,
      body: await readBody(request),
      user: userOf(request.socket),
      authorization: request.headers.authorization,
    };
    this.seen.push(seen);
    const answers = this.#answers.get(line.replace(/\?.*/, '')) ?? {
      status: 404,
      body: { error: `no answer to ${line}` },
    };
    const answer = typeof answers === 'function' ? await answers(seen) : answers;
    const { status, body, trailers = {} } = 'json' in answer ? { status: 200, body: answer.json } : answer;
    response.writeHead(status).flushHeaders(); // in chunks, after which trailers may come
    response.addTrailers(trailers);
    response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  }
}

function userOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return /CN=(.*)/.exec(socket.getPeerX509Certificate()?.subject ?? '')?.[1];
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const type = request.headers['content-type'] ?? '';
  const bytes = Buffer.concat(chunks);
  if (type.startsWith('application/json')) return JSON.parse(bytes.toString());
  if (!type.startsWith('multipart/form-data')) return undefined;
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  return Object.fromEntries(
    await Promise.all(
      [...form].map(async ([name, value]) => [
        name,
        typeof value === 'string'
          ? value
          : { filename: value.name, bytes: Buffer.from(await value.arrayBuffer()) },
      ]),
    ),
  );
}
