import { AppError, systemErrorCode } from '../errors.ts';
import { parseRetryAfter } from '../retry-after.ts';
import type { HttpReply } from './http-reply.ts';

const UNTRUSTED = new Set([
  'CERT_SIGNATURE_FAILURE', // another root of the same name: a server that was set up anew
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What a failure on the way to `server` means, said in a sentence. */
export function unreachable(server: string, cause: unknown): AppError {
  return new AppError('SERVER_UNREACHABLE', `Cannot reach "${server}"${explanation(server, cause)}`, {
    cause,
    retryable: true,
  });
}

function explanation(server: string, cause: unknown): string {
  const code = systemErrorCode(cause) ?? '';
  if (UNTRUSTED.has(code)) {
    return ', which shows a certificate that the trusted root did not sign: it is another server, or somebody is in between';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `, whose certificate is not for the name "${new URL(server).hostname}"`;
  }
  return '';
}

/**
 * The failure that a status other than 2xx stands for. It is the status that decides: proxies answer in HTML.
 * SERVER_ERROR is retryable and carries Retry-After; SERVER_REFUSED is neither.
 */
export function errorOfReply(what: string, reply: HttpReply, nowMs: number): AppError {
  const { status, headers } = reply;
  const cause = new Error(`The server answered ${status}${quoted(errorTextOf(reply))}`);
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs);
    return new AppError('SERVER_ERROR', `Cannot ${what}`, { cause, retryable: true, retryAfterMs });
  }
  return new AppError('SERVER_REFUSED', `Cannot ${what}`, { cause });
}

/** The server's own words in a reply, from any of the shapes in use; undefined for a proxy's page. */
export function errorTextOf({ text }: Pick<HttpReply, 'text'>): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // HTML
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { error, msg, description } = value as Record<string, unknown>;
  return [error, msg, description].find((said) => typeof said === 'string');
}

function quoted(text: string | undefined): string {
  return text === undefined ? '' : `: ${text}`;
}
