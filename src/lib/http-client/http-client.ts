import { Agent } from 'node:https';
import type { Readable } from 'node:stream';
import type { OptionsInit, Response as HttpResponse } from 'got';
import { unreachable } from './http-errors.ts';
import type { HttpReply, StreamHead } from './http-reply.ts';

/** Whom to trust and what to show; all PEM. */
export interface HttpTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface HttpClientOptions {
  /** Scheme, host and port. */
  readonly baseUrl: string;
  readonly userAgent: string;
  /** `unverified` only to fetch what trust is then built on. Not looked at for plain HTTP. */
  readonly tls: HttpTls | 'unverified';
  /** From connection to the end of the answer; a download may go on for as long as bytes come. */
  readonly timeoutMs?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, also with GET. */
  readonly json?: unknown;
  /** Sent as multipart/form-data, instead of JSON. */
  readonly form?: FormData;
  /** For a request that may take longer, or must not take as long, as the client's others; of a stream: its silence. */
  readonly timeoutMs?: number;
  /** Told now and then how many bytes of the body have been sent. */
  readonly onUpload?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 15_000;
/** Errors are short; what is longer comes from something that is no server of ours. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Requests to one server over kept connections. Any status is an answer; only its absence throws, as SERVER_UNREACHABLE or with the
 * signal's reason. Nothing is tried twice, no redirect is followed and nothing is unpacked. The library behind it is loaded
 * by the first request.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agent: Agent;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const trust = options.tls === 'unverified' ? { rejectUnauthorized: false } : options.tls;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 8, ...trust });
  }

  async request(request: HttpRequest): Promise<HttpReply> {
    const { default: got } = await import('got');
    try {
      const timeout = { ...this.#timeoutPerStep(), request: request.timeoutMs ?? this.#timeoutMs };
      const pending = got(this.#url(request), {
        ...this.#gotOptions(request),
        responseType: 'buffer',
        timeout,
      });
      void pending.on('uploadProgress', ({ transferred }) => request.onUpload?.(transferred));
      const reply = await pending;
      return { status: reply.statusCode, headers: reply.headers, text: Buffer.from(reply.body).toString() };
    } catch (error) {
      throw await this.#explain(error, request.signal);
    }
  }

  /** Hands status and body to `receive` as they come. The body of a failure should be read with `textOf`. */
  async stream<T>(
    request: HttpRequest,
    receive: (head: StreamHead, body: Readable) => Promise<T>,
  ): Promise<T> {
    const { default: got } = await import('got');
    const stream = got.stream(this.#url(request), {
      ...this.#gotOptions(request),
      timeout: this.#timeoutPerStep(request.timeoutMs),
    });
    try {
      const head = await new Promise<StreamHead>((resolve, reject) => {
        stream.on('error', reject); // stays, so that a failure after the last look at it is not thrown at the process
        stream.once('response', (response: HttpResponse) => {
          const { statusCode: status, headers } = response;
          resolve({ status, headers, trailers: () => response.trailers });
        });
      });
      return await receive(head, stream);
    } catch (error) {
      throw await this.#explain(error, request.signal);
    } finally {
      stream.destroy();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #url({ path }: HttpRequest): URL {
    return new URL(path, this.#options.baseUrl);
  }

  #gotOptions({ method, headers, json, form, signal }: HttpRequest) {
    return {
      method,
      headers: { 'user-agent': this.#options.userAgent, 'accept-encoding': 'identity', ...headers },
      ...(json === undefined ? {} : { json, allowGetBody: true }),
      ...(form === undefined ? {} : { body: form }),
      ...(signal === undefined ? {} : { signal }),
      agent: { https: this.#agent },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
    } satisfies OptionsInit;
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  #timeoutPerStep(all = this.#timeoutMs) {
    const connect = Math.min(all, CONNECT_TIMEOUT_MS);
    return { lookup: connect, connect, secureConnect: connect, socket: all, response: all };
  }

  /** What is not the connection's failure (a full disk while receiving) is not blamed on it. */
  async #explain(error: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    if (signal?.aborted === true) return signal.reason;
    const { RequestError } = await import('got');
    // The library's error says only what its cause says.
    return error instanceof RequestError ? unreachable(this.#options.baseUrl, error.cause ?? error) : error;
  }
}

/** The beginning of a body as text. */
export async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}
