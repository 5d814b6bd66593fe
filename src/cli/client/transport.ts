import { VERSION } from '../../lib/build-info.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '../../lib/errors.ts';
import { HttpClient, textOf, type HttpRequest } from '../../lib/http-client/http-client.ts';
import type { HttpReply } from '../../lib/http-client/http-reply.ts';
import { validateErrorReply } from '../../protocol/generated/admin/errors.js';
import { CERTIFICATE_PROBLEM_HEADER } from '../../protocol/version.ts';

/** Which server to talk to, whom to trust there, and as whom. */
export interface ServerLink {
  /** `https://host:port`, no path. */
  readonly server: string;
  /** PEM; the only authorities that are trusted. `unverified` is only for fetching the first of them. */
  readonly roots: readonly string[] | 'unverified';
  readonly cert?: string;
  readonly key?: string;
}

export interface ServerRequest {
  /** Completes "Cannot …" when it fails: `list the agents`. */
  readonly what: string;
  readonly method?: HttpRequest['method'];
  readonly path: string;
  /** Bearer token; needed only until there is a certificate. */
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: FormData;
  readonly timeoutMs?: number;
  readonly onUpload?: (bytes: number) => void;
}

export interface StreamRequest extends Pick<ServerRequest, 'what' | 'path'> {
  readonly signal: AbortSignal;
}

export type Trailers = Readonly<Record<string, string | undefined>>;

const LONGEST_SILENCE_MS = 7 * 24 * 3_600_000;

/** The way to one server. Nothing is tried twice: the person at the terminal decides that. */
export class Transport {
  readonly #http: HttpClient;

  constructor({ server, roots, cert, key }: ServerLink) {
    const identity = { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
    this.#http = new HttpClient({
      baseUrl: server,
      userAgent: `commander/${VERSION}`,
      tls: roots === 'unverified' ? roots : { ca: roots.join('\n'), ...identity },
    });
  }

  /**
   * One request, one reply as text (empty for 204).
   * @throws AppError SERVER_UNREACHABLE, SERVER_ERROR, SERVER_REFUSED, NOT_LOGGED_IN, or the code that the server's reply names
   */
  async send({ what, method = 'GET', token, ...request }: ServerRequest): Promise<string> {
    const headers = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
    const reply = await this.#http.request({ ...request, ...headers, method });
    if (reply.status >= 200 && reply.status < 300) return reply.text;
    throw refusal(what, reply);
  }

  /**
   * Hands the reply's text on as it comes, however long that takes; gives its trailers.
   * @throws AppError as `send`, or the signal's reason
   */
  async stream(request: StreamRequest, onText: (text: string) => void): Promise<Trailers> {
    const { what, path, signal } = request;
    const got = { method: 'GET', path, signal, timeoutMs: LONGEST_SILENCE_MS } as const;
    return await this.#http.stream(got, async ({ status, headers, trailers }, body) => {
      if (status !== 200) throw refusal(what, { status, headers, text: await textOf(body) });
      const decoder = new TextDecoder();
      for await (const chunk of body as AsyncIterable<Buffer>)
        onText(decoder.decode(chunk, { stream: true }));
      return trailers();
    });
  }
}

function refusal(what: string, { status, text, headers }: HttpReply): AppError {
  const problem = headers[CERTIFICATE_PROBLEM_HEADER];
  const said = problem === undefined ? readError(text) : { text: `its certificate is ${String(problem)}` };
  const code = problem === undefined ? (said.code ?? codeOf(status)) : 'NOT_LOGGED_IN';
  const reason = said.text ?? `the server answered ${status}`;
  const cause = new Error(
    code === 'NOT_LOGGED_IN' ? `the session is not accepted any more (${reason})` : reason,
  );
  return new AppError(code, `Cannot ${what}`, { cause, retryable: status >= 500 });
}

/** The shapes of the original, and our server's `code` beside them. A proxy's HTML has none. */
function readError(body: string): { text?: string | undefined; code?: ErrorCode | undefined } {
  let reply: unknown;
  try {
    reply = JSON.parse(body);
  } catch {
    return {};
  }
  if (!validateErrorReply(reply)) return {};
  const { error, msg, description } = reply;
  return { text: error ?? msg ?? description, code: ERROR_CODES.find((code) => code === reply.code) };
}

function codeOf(status: number): ErrorCode {
  if (status >= 500) return 'SERVER_ERROR';
  // 422 is the original's answer to a token that it cannot read.
  return status === 401 || status === 422 ? 'NOT_LOGGED_IN' : 'SERVER_REFUSED';
}
