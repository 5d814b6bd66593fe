import { isAppError, type ErrorCode } from '../lib/errors.ts';

/** What to do next, for those errors where that is the same whatever went before. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  NOT_LOGGED_IN: 'Log in with: commander login --server URL',
  NOT_ENROLLED: 'Enrol with: commander-agent enroll --token TOKEN',
};

export function hintFor(error: unknown): string | undefined {
  return isAppError(error) ? HINTS[error.code] : undefined;
}
