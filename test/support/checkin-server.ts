import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Cleanup } from './cleanup.ts';
import { ScriptedServer } from './scripted-server.ts';
import { waitFor } from './wait-for.ts';

/** One check-in as the server sees it. */
export interface SeenCheckin {
  readonly socket: WebSocket;
  /** Below the WebSocket, for what no library would send. */
  readonly stream: Duplex;
  readonly headers: IncomingMessage['headers'];
  readonly alpn: string | false | null;
  readonly peer: string | undefined;
  /** Every text that came, but for what it said of its tasks and services. */
  readonly heard: string[];
  /** What it said of those: to our server at the beginning, and at each change. */
  readonly reports: string[];
  /** How the agent closed it; undefined while it has not. */
  closed?: { code: number; atMs: number };
}

export interface CheckinServerOptions {
  /** 2 answers with our header, 1 is an original. */
  readonly protocol?: 1 | 2;
  /** Goes with the answer to each upgrade: `Name: value`. */
  readonly headers?: readonly string[];
  /** Answers an upgrade in another way; true when it did. */
  readonly intercept?: (stream: Duplex, count: number) => boolean;
  /** Called for each text that an agent sends. */
  readonly onMessage?: (checkin: SeenCheckin, text: string) => void;
}

/** The far end of a check-in over real TLS, which misbehaves as tests want it. */
export class CheckinServer {
  readonly http: ScriptedServer;
  readonly checkins: SeenCheckin[] = [];
  options: CheckinServerOptions;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  #upgrades = 0;

  private constructor(http: ScriptedServer, options: CheckinServerOptions) {
    this.http = http;
    this.options = options;
    this.#sockets.on('headers', (headers) => {
      if (this.options.protocol !== 1) headers.push('Commander-Protocol: 2');
      headers.push(...(this.options.headers ?? []));
    });
    http.server.on('upgrade', (request, stream, head) => {
      stream.on('error', () => stream.destroy());
      this.#upgrades += 1;
      if (this.options.intercept?.(stream, this.#upgrades) === true) return;
      this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#meet(socket, { request, stream }));
    });
  }

  static async start(
    onEnd: (cleanup: Cleanup) => void,
    options: CheckinServerOptions = {},
  ): Promise<CheckinServer> {
    return new CheckinServer(await ScriptedServer.start(onEnd), options);
  }

  /** How often somebody has tried, whatever came of it. */
  get upgrades(): number {
    return this.#upgrades;
  }

  /** The n-th check-in, from 0, once it has said hello. */
  async checkin(index = 0): Promise<SeenCheckin> {
    return await waitFor(
      () => {
        const checkin = this.checkins[index];
        return checkin !== undefined && checkin.heard.length > 0 && checkin;
      },
      { what: `check-in ${index}` },
    );
  }

  #meet(socket: WebSocket, { request, stream }: { request: IncomingMessage; stream: Duplex }): void {
    const tls = stream instanceof TLSSocket ? stream : undefined;
    const peer = tls?.getPeerX509Certificate()?.subject.replace(/^CN=/, '');
    const { headers } = request;
    const checkin: SeenCheckin = {
      socket,
      stream,
      headers,
      alpn: tls?.alpnProtocol ?? null,
      peer,
      heard: [],
      reports: [],
    };
    this.checkins.push(checkin);
    socket
      .on('message', (data: Buffer) => {
        const text = data.toString();
        const isReport = text.startsWith('{"kind":"units"');
        checkin[isReport ? 'reports' : 'heard'].push(text);
        if (!isReport) this.options.onMessage?.(checkin, text);
      })
      .on('error', () => undefined)
      .on('close', (code) => (checkin.closed = { code, atMs: performance.now() }));
  }
}
