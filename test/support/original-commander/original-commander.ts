import { createServer, type Server } from 'node:https';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fingerprintOf } from '../../../src/protocol/fingerprint.ts';
import { Capy } from './capy.ts';
import { CapyAuthority } from './capy-authority.ts';
import { serveCheckin } from './checkin.ts';
import { pathOf, readRequest, refuseAtFront, send } from './front.ts';
import { OBSERVED, takeOne, type Oddities } from './oddities.ts';
import { Answer, nginxPage, type Reply } from './reply.ts';
import { route } from './routes.ts';
import { OriginalSocket, handshakeReply } from './socket.ts';
import { OriginalState, type OriginalJob } from './state.ts';

export interface OriginalOptions {
  /** The server certificate is for this name and what lies below it; never for an IP address. */
  domain?: string;
  oddities?: Partial<Oddities>;
}

export interface Push {
  agentID: string;
  jobIDs: string[];
}

/**
 * The original Commander behind its nginx, and CAPy beside it, as COMMANDER.md says that they behave. Start it with
 * `OriginalCommander.start()`; tests look at `pushes`, `acks` and `requests`, and turn `oddities` while it runs.
 */
export class OriginalCommander {
  readonly state = new OriginalState();
  readonly oddities: Oddities;
  readonly authority: CapyAuthority;
  readonly pushes: Push[] = [];
  /** The agentID of every ack that was read. */
  readonly acks: string[] = [];
  /** Every message of a check-in that was read. */
  readonly heard: string[] = [];
  /** `POST /agent/history 200`, in the order of their answers. */
  readonly requests: string[] = [];
  readonly #domain: string;
  readonly #capy: Capy;
  readonly #front: Server;
  readonly #streams = new Set<Duplex>();
  readonly #checkins = new Set<Promise<void>>();
  #upstream = new AbortController();

  private constructor(
    authority: CapyAuthority,
    pair: { cert: string; key: string },
    options: OriginalOptions,
  ) {
    this.authority = authority;
    this.#domain = options.domain ?? 'localhost';
    this.oddities = { ...OBSERVED, ...options.oddities };
    this.#capy = new Capy(authority);
    this.#front = createServer({
      ...pair,
      ca: authority.rootPem,
      minVersion: 'TLSv1.2',
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    });
    this.#front.on('request', (request, response) => void this.#onRequest(request, response));
    this.#front.on('upgrade', (request, stream) => this.#onUpgrade(request, stream));
    for (const server of [this.#front, this.#capy.server]) {
      server.on('connection', (stream: Duplex) => this.#track(stream));
      server.on('secureConnection', (stream: Duplex) => this.#track(stream));
    }
  }

  static async start(options: OriginalOptions = {}): Promise<OriginalCommander> {
    const domain = options.domain ?? 'localhost';
    const authority = await CapyAuthority.create();
    const pair = await authority.issue('proxy', { dns: [`*.${domain}`, domain] });
    const original = new OriginalCommander(authority, pair, options);
    await Promise.all([listen(original.#front), listen(original.#capy.server)]);
    return original;
  }

  /** `https://localhost:port`. */
  get url(): string {
    return `https://${this.#domain}:${portOf(this.#front)}`;
  }

  get port(): number {
    return portOf(this.#front);
  }

  get capyUrl(): string {
    return `http://127.0.0.1:${portOf(this.#capy.server)}`;
  }

  get rootPem(): string {
    return this.authority.rootPem;
  }

  get fingerprint(): string {
    return fingerprintOf(this.rootPem);
  }

  /** Check-ins that still ask for work, also those whose client has gone unnoticed. */
  get openCheckins(): number {
    return this.#checkins.size;
  }

  get registrationKey(): string {
    return (this.state.registrationKey ??= crypto.randomUUID());
  }

  addToLibrary(entry: Partial<OriginalJob> & { filename: string }, bytes: Buffer): void {
    const job = { jobID: crypto.randomUUID(), executor: 'bash', description: '', os: 'Linux', ...entry };
    this.state.library.set(entry.filename, { job, bytes });
  }

  /** @returns the jobID */
  assign(agentID: string, filename: string, argv: string[] = []): string {
    return this.state.assign(agentID, filename, argv).jobID;
  }

  /** Results as they were stored. */
  history(agentID: string): readonly OriginalJob[] {
    return this.state.agent(agentID).history;
  }

  /** Commander ends: check-ins break off without a Close frame, and nginx has nobody to pass requests to. */
  async stopUpstream(): Promise<void> {
    this.oddities.upstreamDown = true;
    this.#upstream.abort();
    await Promise.all(this.#checkins);
  }

  /** Also restarts one that runs. */
  startUpstream(): void {
    this.#upstream.abort();
    this.#upstream = new AbortController();
    this.state.rebuildCache();
    this.oddities.upstreamDown = false;
  }

  /** The database is lost: nobody is registered any more. */
  forgetAgents(): void {
    this.state.agents.clear();
  }

  async close(): Promise<void> {
    this.#upstream.abort();
    for (const stream of this.#streams) stream.destroy();
    await Promise.all(this.#checkins);
    await Promise.all([closeServer(this.#front), closeServer(this.#capy.server)]);
  }

  #track(stream: Duplex): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: Reply;
    try {
      reply = refuseAtFront(request) ?? (await this.#pass(request));
    } catch (error) {
      if (!(error instanceof Answer)) return; // the client went away amid its body
      reply = error.reply;
    }
    this.requests.push(`${request.method} ${pathOf(request)} ${reply.status}`);
    if (!this.#losesAnswer(request, reply)) send(request, response, reply);
    else request.socket.destroy();
  }

  async #pass(request: IncomingMessage): Promise<Reply> {
    const received = await readRequest(request);
    return this.oddities.upstreamDown ? nginxPage('502') : await route(received, this.state);
  }

  #losesAnswer(request: IncomingMessage, reply: Reply): boolean {
    const isResult =
      request.method === 'POST' && pathOf(request) === '/agent/history' && reply.status === 200;
    return isResult && takeOne(this.oddities, 'loseResultAnswers');
  }

  #onUpgrade(request: IncomingMessage, stream: Duplex): void {
    stream.on('error', () => stream.destroy());
    const refusal = refuseAtFront(request) ?? (this.oddities.upstreamDown ? nginxPage('502') : undefined);
    if (refusal !== undefined || pathOf(request) !== '/agent/checkin') {
      writeReply(stream, refusal ?? nginxPage('502'));
      return;
    }
    const offered = request.headers['sec-websocket-extensions'] ?? '';
    const compressed = offered.includes('permessage-deflate');
    stream.write(handshakeReply(request.headers['sec-websocket-key'] ?? '', compressed));
    const socket = new OriginalSocket(stream, { compressed });
    const context = {
      state: this.state,
      oddities: this.oddities,
      onPush: (agentID: string, jobIDs: string[]) => this.pushes.push({ agentID, jobIDs }),
      onAck: (agentID: string) => this.acks.push(agentID),
      onMessage: (text: string) => this.heard.push(text),
    };
    const served = serveCheckin(socket, context, this.#upstream.signal);
    this.#checkins.add(served);
    void served.finally(() => this.#checkins.delete(served));
  }
}

function writeReply(stream: Duplex, reply: Reply): void {
  const head = [
    `HTTP/1.1 ${reply.status} Refused`,
    'Server: nginx',
    'Content-Type: text/html',
    'Connection: close',
  ];
  stream.end(`${head.join('\r\n')}\r\nContent-Length: ${reply.body.length}\r\n\r\n${reply.body.toString()}`);
}

async function listen(server: HttpServer | Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

async function closeServer(server: HttpServer | Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function portOf(server: HttpServer | Server): number {
  return (server.address() as AddressInfo).port;
}
