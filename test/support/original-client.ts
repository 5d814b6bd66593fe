import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';

export interface OriginalClientOptions {
  /** `https://localhost:port`, or CAPy's `http://127.0.0.1:port` */
  url: string;
  /** Root certificates, PEM. */
  ca?: string;
  rejectUnauthorized?: boolean;
  /** The endpoint's own certificate; admins of the original have none. */
  cert?: string;
  key?: string;
}

export interface OriginalAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
}

export interface Call {
  agentID?: string;
  token?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, also with GET. */
  json?: unknown;
  body?: Buffer | string;
  form?: FormData;
}

/** Speaks as py-agent and the admin scripts of the original do: nothing but what COMMANDER.md lists. */
export class OriginalClient {
  readonly #options: OriginalClientOptions;

  constructor(options: OriginalClientOptions) {
    this.#options = options;
  }

  async call(method: string, path: string, call: Call = {}): Promise<OriginalAnswer> {
    const { headers, body } = await encode(call);
    const url = new URL(path, this.#options.url);
    const request = url.protocol === 'https:' ? requestSecure : requestPlain;
    return await new Promise((resolve, reject) => {
      const outgoing = request(url, { ...this.#tls, method, headers, agent: false });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        response.toArray().then((chunks) => {
          const bytes = Buffer.concat(chunks as Buffer[]);
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, bytes, json: parseOrUndefined(bytes) });
        }, reject);
      });
      outgoing.end(body);
    });
  }

  /** @returns the token for `call` */
  async login(username: string, password: string): Promise<string> {
    const answer = await this.call('POST', '/admin/login', { json: { username, password } });
    if (answer.status !== 200) throw new Error(`Login failed: ${answer.status} ${answer.bytes.toString()}`);
    return (answer.json as { token: string }).token;
  }

  async register(registrationKey: string, hostname = 'py-agent'): Promise<string> {
    const json = { registrationKey, hostname, os: 'Linux' };
    const answer = await this.call('POST', '/agent/register', { json });
    if (answer.status !== 200)
      throw new Error(`Registration failed: ${answer.status} ${answer.bytes.toString()}`);
    return (answer.json as { agentID: string }).agentID;
  }

  /** `job` as a plain field, `file` as a file: how the original wants an upload. */
  async upload(token: string, entry: Record<string, unknown>, archive: Buffer): Promise<OriginalAnswer> {
    const form = new FormData();
    form.append('job', JSON.stringify(entry));
    form.append('file', new Blob([new Uint8Array(archive)]), String(entry['filename']));
    return await this.call('POST', '/admin/library', { token, form });
  }

  /** Opens a check-in and sends `hello` as it stands; undefined sends nothing yet. */
  async checkin(hello: string | Buffer | undefined, options: ClientOptions = {}): Promise<OriginalCheckin> {
    const url = new URL('/agent/checkin', this.#options.url.replace(/^https/, 'wss'));
    const stream = connect({
      ...this.#tls,
      host: url.hostname,
      port: Number(url.port),
      servername: url.hostname,
    });
    const settings = { perMessageDeflate: false, ...options, createConnection: () => stream };
    const checkin = new OriginalCheckin(new WebSocket(url, settings), stream);
    await checkin.opened;
    if (hello !== undefined) checkin.send(hello);
    return checkin;
  }

  get #tls(): Omit<OriginalClientOptions, 'url'> {
    const { ca, cert, key, rejectUnauthorized = true } = this.#options;
    return { rejectUnauthorized, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  }
}

export interface PushedJob {
  jobID: string;
  filename: string;
  [field: string]: unknown;
}

/** One check-in as a client sees it: what came in is kept until it is asked for. */
export class OriginalCheckin {
  readonly opened: Promise<void>;
  /** Why it ended. `ws` reports close code 400, which the original uses, as an error. */
  readonly ended: Promise<{ code: number; reason: string; error?: string }>;
  readonly #socket: WebSocket;
  readonly #stream: TLSSocket;
  readonly #frames: string[] = [];
  #received = '';
  #wake: (() => void) | undefined;

  constructor(socket: WebSocket, stream: TLSSocket) {
    this.#socket = socket;
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => (this.#received += chunk.toString('latin1')));
    socket.on('message', (data: Buffer) => {
      this.#frames.push(data.toString());
      this.#wake?.();
    });
    let failure: Error | undefined;
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.on('error', (error) => {
        failure ??= error;
        reject(error);
      });
    });
    this.ended = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        const error = failure === undefined ? {} : { error: failure.message };
        resolve({ code, reason: reason.toString(), ...error });
      });
    });
  }

  /** The text of the next frame. */
  async nextFrame(timeoutMs = 5_000): Promise<string> {
    const timer = setTimeout(() => this.#wake?.(), timeoutMs);
    const deadline = performance.now() + timeoutMs - 1;
    while (this.#frames.length === 0 && performance.now() < deadline)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    clearTimeout(timer);
    const frame = this.#frames.shift();
    if (frame === undefined) throw new Error(`No frame came in ${timeoutMs} ms`);
    return frame;
  }

  /** The jobs of the next push. */
  async nextPush(timeoutMs?: number): Promise<PushedJob[]> {
    const { jobs } = JSON.parse(await this.nextFrame(timeoutMs)) as { jobs: PushedJob[] };
    return jobs;
  }

  /** Frames that came in and were not asked for. */
  get unread(): number {
    return this.#frames.length;
  }

  /** What came over the wire after the handshake, a character a byte: some of it is no frame at all. */
  get received(): string {
    return this.#received.slice(this.#received.indexOf('\r\n\r\n') + 4);
  }

  /** Whatever `write` sends leaves in one piece. */
  inOneSegment(write: () => void): void {
    this.#stream.cork();
    write();
    this.#stream.uncork();
  }

  send(message: string | Buffer): void {
    this.#socket.send(message);
  }

  ack(): void {
    this.send('ack');
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

async function encode(call: Call): Promise<{ headers: Record<string, string>; body: Buffer }> {
  const headers: Record<string, string> = {};
  if (call.agentID !== undefined) headers['Agent-ID'] = call.agentID;
  if (call.token !== undefined) headers['Authorization'] = `Bearer ${call.token}`;
  let body = Buffer.from(call.body ?? '');
  if ('json' in call) {
    headers['Content-Type'] = 'application/json';
    body = Buffer.from(JSON.stringify(call.json));
  } else if (call.form !== undefined) {
    const encoded = new Response(call.form);
    headers['Content-Type'] = encoded.headers.get('content-type') ?? '';
    body = Buffer.from(await encoded.arrayBuffer());
  }
  if (body.length > 0) headers['Content-Length'] = String(body.length);
  return { headers: { ...headers, ...call.headers }, body };
}

function parseOrUndefined(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** What py-agent posts for a job that was pushed to it. */
export function resultOf(job: PushedJob, result: Record<string, unknown> = {}): Record<string, unknown> {
  const now = (Date.now() / 1000).toFixed(3);
  const times = { timeStarted: `${now}Z`, timeEnded: `${now}Z` };
  return { ...job, ...times, exitCode: 0, stdout: 'out\n', stderr: '', ...result };
}
