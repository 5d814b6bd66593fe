import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isAppError, type AppError, type ErrorCode } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { GENERIC } from '../../protocol/commander/replies.ts';
import { HttpRefusal } from './http-refusal.ts';

/** Codes that are the caller's doing. Where the original knows the case, its status stays. */
const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  ACCOUNT_EXISTS: 400,
  ACCOUNT_NOT_FOUND: 400,
  AGENT_NOT_CONNECTED: 409,
  AGENT_NOT_FOUND: 400,
  ARCHIVE_CORRUPT: 400,
  ARCHIVE_MISMATCH: 400,
  ARCHIVE_TOO_LARGE: 400,
  ARCHIVE_UNSAFE: 400,
  ASSIGNMENT_NOT_FOUND: 404,
  CERTIFICATE_INVALID: 400,
  CREDENTIALS_REFUSED: 401,
  GROUP_EXISTS: 409,
  GROUP_NOT_FOUND: 404,
  INSTALLER_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  LIBRARY_ENTRY_EXISTS: 400,
  LIBRARY_ENTRY_NOT_FOUND: 400,
  MANIFEST_INVALID: 400,
  MESSAGE_INVALID: 400,
  NAME_INVALID: 400,
  PROGRAM_MISSING: 400,
  RELEASE_EXISTS: 409,
  RELEASE_INVALID: 400,
  RELEASE_NOT_FOUND: 404,
  RELEASE_UNSIGNED: 409,
  ROLLOUT_INVALID: 400,
  ROLLOUT_NOT_FOUND: 404,
  ROLLOUT_UNDER_WAY: 409,
  SCHEDULE_INVALID: 400,
  SERVER_REFUSED: 409,
  SERVICE_INVALID: 400,
  UNIT_NOT_FOUND: 404,
};

/** Every error of our routes leaves here, in one of the original's two shapes. What is not foreseen is logged and stays private. */
export function makeErrorHandler(
  log: Logger,
): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    const known = toRefusal(error);
    if (known === undefined) {
      log.error('http.failed', 'A request failed unexpectedly', {
        err: error,
        method: request.method,
        path: request.url,
        unexpected: true,
      });
    }
    const { status, body, headers } = known ?? new HttpRefusal(500, GENERIC.internal);
    void reply.code(status).headers(headers).send(body);
  };
}

function toRefusal(error: unknown): HttpRefusal | undefined {
  if (error instanceof HttpRefusal) return error;
  if (isAppError(error)) return fromAppError(error);
  const status = (error as Partial<FastifyError>).statusCode;
  if (status === undefined || status >= 500 || !(error instanceof Error)) return undefined;
  return status === 400
    ? new HttpRefusal(400, GENERIC.badRequest)
    : new HttpRefusal(status, { error: error.message });
}

function fromAppError(error: AppError): HttpRefusal | undefined {
  const { code, message, retryAfterMs } = error;
  if (retryAfterMs !== undefined) {
    return new HttpRefusal(429, { error: message, code }, { 'retry-after': inSeconds(retryAfterMs) });
  }
  const status = STATUS_OF[code];
  return status === undefined ? undefined : new HttpRefusal(status, { error: message, code });
}

function inSeconds(ms: number): string {
  return String(Math.ceil(ms / 1000));
}
