/**
 * Every failure that crosses a module boundary is an `AppError` with a code from this closed list.
 * Callers branch on `code`, never on text. docs/errors.md explains each code; a test compares the two.
 */
export const ERROR_CODES = [
  'ACCOUNT_EXISTS',
  'ACCOUNT_NOT_FOUND',
  'ADMIN_REQUIRED',
  'AGENT_ALREADY_RUNNING',
  'AGENT_NOT_CONNECTED',
  'AGENT_NOT_FOUND',
  'ALREADY_ENROLLED',
  'ARCHIVE_CORRUPT',
  'ARCHIVE_MISMATCH',
  'ARCHIVE_TOO_LARGE',
  'ARCHIVE_UNSAFE',
  'ASSIGNMENT_NOT_FOUND',
  'CERTIFICATE_INVALID',
  'CERTIFICATE_REVOKED',
  'CLOCK_WRONG',
  'CONFIG_INVALID',
  'CREDENTIALS_REFUSED',
  'DATA_DIR_IN_USE',
  'DISK_FULL',
  'EXECUTOR_NOT_ALLOWED',
  'FINGERPRINT_MISMATCH',
  'GROUP_EXISTS',
  'GROUP_NOT_FOUND',
  'IDENTITY_CLONED',
  'INSTALLER_NOT_FOUND',
  'INTERNAL',
  'INTERPRETER_MISSING',
  'JOB_FAILED',
  'JOB_NOT_FOUND',
  'LIBRARY_ENTRY_EXISTS',
  'LIBRARY_ENTRY_NOT_FOUND',
  'LOOP_FAILED',
  'MANIFEST_INVALID',
  'MESSAGE_INVALID',
  'NAME_INVALID',
  'NOT_ENROLLED',
  'NOT_LOGGED_IN',
  'PORT_IN_USE',
  'PROGRAM_MISSING',
  'RELEASES_EXPIRED',
  'RELEASE_EXISTS',
  'RELEASE_INVALID',
  'RELEASE_NOT_FOUND',
  'RELEASE_UNSIGNED',
  'RELEASE_UNTRUSTED',
  'ROLLOUT_INVALID',
  'ROLLOUT_NOT_FOUND',
  'ROLLOUT_UNDER_WAY',
  'SCHEDULE_INVALID',
  'SERVER_ERROR',
  'SERVER_REFUSED',
  'SERVER_UNREACHABLE',
  'SERVICE_INVALID',
  'SERVICE_MANAGER_FAILED',
  'SERVICE_NOT_INSTALLED',
  'SPAWN_FAILED',
  'STATE_CORRUPT',
  'STATE_TOO_NEW',
  'STATE_UNWRITABLE',
  'TOKEN_INVALID',
  'TRUST_MISSING',
  'UNIT_NOT_FOUND',
  'UNSUPPORTED',
  'USAGE',
  'VERSION_UNFIT',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface AppErrorOptions {
  cause?: unknown;
  /** Whether trying the same thing again later can succeed. Set where the failure is first understood. */
  retryable?: boolean;
  /** How long the far end asked us to wait, in milliseconds (HTTP Retry-After). */
  retryAfterMs?: number | undefined;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export function isAppError(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}

/** The chain of messages from what was attempted down to its root cause: `Cannot A: cannot B: ENOENT`. */
export function describeError(error: unknown): string {
  const messages: string[] = [];
  for (let link: unknown = error; link !== undefined && messages.length < 10; link = causeOf(link)) {
    messages.push(ownMessage(link));
  }
  return messages.join(': ');
}

/** What a log line keeps of an error. */
export function errorFields(error: unknown): { code: string; chain: string; stack?: string } {
  const code = isAppError(error) ? error.code : systemErrorCode(error);
  const stack = Error.isError(error) ? error.stack : undefined;
  return { code: code ?? 'INTERNAL', chain: describeError(error), ...(stack === undefined ? {} : { stack }) };
}

/** The `code` that Node puts on system errors (`ENOENT`, `ECONNREFUSED`), looked for along the cause chain. */
export function systemErrorCode(error: unknown): string | undefined {
  for (let link: unknown = error, depth = 0; Error.isError(link) && depth < 10; link = link.cause, depth++) {
    if (link instanceof AppError) continue;
    const code = (link as NodeJS.ErrnoException).code;
    if (typeof code === 'string') return code;
  }
  return undefined;
}

function ownMessage(error: unknown): string {
  // Node leaves the message empty when every address of a host name refused.
  if (Error.isError(error) && error.name === 'AggregateError')
    return [error.message, ...(error as AggregateError).errors.map(describeError)]
      .filter((text) => text !== '')
      .join('; ');
  return Error.isError(error) ? error.message || error.name : String(error);
}

function causeOf(error: unknown): unknown {
  return Error.isError(error) ? error.cause : undefined;
}
