import { isAppError, type ErrorCode } from './errors.ts';

/** Exit codes of both executables, by name. docs/errors.md holds the same table for people. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  invalidInput: 3,
  unreachable: 4,
  refused: 5,
  notFound: 6,
  conflict: 7,
  localState: 8,
  jobFailed: 9,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const EXIT_OF = {
  ACCOUNT_EXISTS: EXIT.conflict,
  ACCOUNT_NOT_FOUND: EXIT.notFound,
  ADMIN_REQUIRED: EXIT.refused,
  AGENT_ALREADY_RUNNING: EXIT.conflict,
  AGENT_NOT_FOUND: EXIT.notFound,
  ALREADY_ENROLLED: EXIT.conflict,
  ARCHIVE_CORRUPT: EXIT.invalidInput,
  ARCHIVE_MISMATCH: EXIT.invalidInput,
  ARCHIVE_TOO_LARGE: EXIT.invalidInput,
  ARCHIVE_UNSAFE: EXIT.invalidInput,
  ASSIGNMENT_NOT_FOUND: EXIT.notFound,
  CERTIFICATE_INVALID: EXIT.refused,
  CERTIFICATE_REVOKED: EXIT.refused,
  CONFIG_INVALID: EXIT.invalidInput,
  CREDENTIALS_REFUSED: EXIT.refused,
  DATA_DIR_IN_USE: EXIT.conflict,
  EXECUTOR_NOT_ALLOWED: EXIT.refused,
  FINGERPRINT_MISMATCH: EXIT.refused,
  GROUP_EXISTS: EXIT.conflict,
  GROUP_NOT_FOUND: EXIT.notFound,
  IDENTITY_CLONED: EXIT.localState,
  INSTALLER_NOT_FOUND: EXIT.notFound,
  INTERNAL: EXIT.internal,
  INTERPRETER_MISSING: EXIT.notFound,
  JOB_FAILED: EXIT.jobFailed,
  JOB_NOT_FOUND: EXIT.notFound,
  LIBRARY_ENTRY_EXISTS: EXIT.conflict,
  LIBRARY_ENTRY_NOT_FOUND: EXIT.notFound,
  LOOP_FAILED: EXIT.internal,
  MANIFEST_INVALID: EXIT.invalidInput,
  MESSAGE_INVALID: EXIT.invalidInput,
  NAME_INVALID: EXIT.invalidInput,
  NOT_ENROLLED: EXIT.localState,
  NOT_LOGGED_IN: EXIT.refused,
  PORT_IN_USE: EXIT.conflict,
  PROGRAM_MISSING: EXIT.notFound,
  SCHEDULE_INVALID: EXIT.invalidInput,
  SERVER_ERROR: EXIT.unreachable,
  SERVER_REFUSED: EXIT.refused,
  SERVER_UNREACHABLE: EXIT.unreachable,
  SERVICE_MANAGER_FAILED: EXIT.internal,
  SERVICE_NOT_INSTALLED: EXIT.notFound,
  SPAWN_FAILED: EXIT.internal,
  STATE_CORRUPT: EXIT.localState,
  STATE_TOO_NEW: EXIT.localState,
  STATE_UNWRITABLE: EXIT.localState,
  TOKEN_INVALID: EXIT.invalidInput,
  TRUST_MISSING: EXIT.refused,
  UNSUPPORTED: EXIT.usage,
  USAGE: EXIT.usage,
} as const satisfies Record<ErrorCode, ExitCode>;

export function exitCodeOf(error: unknown): ExitCode {
  return isAppError(error) ? EXIT_OF[error.code] : EXIT.internal;
}
