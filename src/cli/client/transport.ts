import { AppError, ERROR_CODES, systemErrorCode, type ErrorCode } from '../../lib/errors.ts';
import { validateErrorReply } from '../../protocol/generated/admin.js';

/** Which server to talk to, whom to trust there, and as whom. */
export interface ServerLink {
  /** `https://host:port`, no path. */
  readonly server: string;
  /** PEM; the only authorities that are trusted. None at all switches checking off, which only fetching a root may do. */
  readonly roots: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

export interface ServerRequest {
  /** Completes "Cannot …" when it fails: `list the agents`. */
  what: string;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  /** Bearer token; needed only until there is a certificate. */
  token?: string;
  json?: unknown;
  form?: FormData;
}

/**
 * One request, one reply as text (empty for 204). Nothing is tried twice: the person at the terminal decides that.
 * @throws AppError SERVER_UNREACHABLE, FINGERPRINT_MISMATCH, CERTIFICATE_INVALID, SERVER_ERROR, SERVER_REFUSED, NOT_LOGGED_IN,
 * or whatever code the server's reply names.
 */
export async function send(link: ServerLink, request: ServerRequest): Promise<string> {
  const { default: got, RequestError } = await import('got');
  try {
    const reply = await got(new URL(request.path, link.server), {
      method: request.method ?? 'GET',
      headers: request.token === undefined ? {} : { authorization: `Bearer ${request.token}` },
      ...(request.query === undefined ? {} : { searchParams: request.query }),
      ...(request.json === undefined ? {} : { json: request.json }),
      ...(request.form === undefined ? {} : { body: request.form }),
      https: trustOptions(link),
      timeout: { lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 60_000 },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
    });
    if (reply.statusCode >= 200 && reply.statusCode < 300) return reply.body;
    throw refusal(request, reply.statusCode, reply.body);
  } catch (error) {
    throw error instanceof RequestError ? unreachable(link, error) : error;
  }
}

function trustOptions({ roots, cert, key }: ServerLink): object {
  return {
    ...(roots.length === 0 ? { rejectUnauthorized: false } : { certificateAuthority: [...roots] }),
    ...(cert === undefined ? {} : { certificate: cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function refusal({ what }: ServerRequest, status: number, body: string): AppError {
  const reply = readError(body);
  const cause = new Error(reply.text ?? `the server answered ${status}`);
  return new AppError(codeOf(status, reply.code), `Cannot ${what}`, { cause, retryable: status >= 500 });
}

/** The original's two shapes of error, and our server's `code` beside them. A proxy's HTML has none. */
function readError(body: string): { text?: string | undefined; code?: string | number | undefined } {
  try {
    const reply: unknown = JSON.parse(body);
    if (!validateErrorReply(reply)) return {};
    return { text: reply.error ?? reply.msg ?? reply.description, code: reply.code };
  } catch {
    return {};
  }
}

function codeOf(status: number, named: unknown): ErrorCode {
  const known = ERROR_CODES.find((code) => code === named);
  if (known !== undefined) return known;
  if (status >= 500) return 'SERVER_ERROR';
  // 422 is the original's answer to a token that it cannot read.
  return status === 401 || status === 422 ? 'NOT_LOGGED_IN' : 'SERVER_REFUSED';
}

const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

function unreachable({ server }: ServerLink, cause: Error): AppError {
  const code = systemErrorCode(cause) ?? '';
  if (UNTRUSTED.includes(code)) {
    return new AppError(
      'FINGERPRINT_MISMATCH',
      `Server "${server}" shows a certificate that its known root did not sign; it is another server, or somebody is in between`,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { hostname } = new URL(server);
    return new AppError(
      'CERTIFICATE_INVALID',
      `Server "${server}" has no certificate for "${hostname}"; start it with --name ${hostname}, or use a name that it has`,
    );
  }
  if (code.startsWith('CERT_') || code.startsWith('ERR_SSL_TLSV1')) {
    return new AppError('CERTIFICATE_INVALID', `Server "${server}" and we do not accept each other`, {
      cause,
    });
  }
  return new AppError('SERVER_UNREACHABLE', `Cannot reach "${server}"`, { cause, retryable: true });
}
