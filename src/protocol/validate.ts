import { AppError, type ErrorCode } from '../lib/errors.ts';

/** A generated validator: a type guard that leaves what was wrong in `errors`. */
export interface Validator<T> {
  (value: unknown): value is T;
  errors?: { instancePath: string; message?: string; params?: Record<string, unknown> }[] | null;
}

/**
 * The one way a message comes in: unknown in, trusted type out.
 * @throws AppError MESSAGE_INVALID (or `code`) naming the first field that is wrong.
 */
export function parse<T>(
  validator: Validator<T>,
  value: unknown,
  what: string,
  code: ErrorCode = 'MESSAGE_INVALID',
): T {
  if (validator(value)) return value;
  throw new AppError(code, `${what} is not valid: ${describeProblem(validator)}`);
}

/** As `parse`, from JSON text. */
export function parseJson<T>(
  validator: Validator<T>,
  text: string,
  what: string,
  code: ErrorCode = 'MESSAGE_INVALID',
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError(code, `${what} is not JSON`, { cause });
  }
  return parse(validator, value, what, code);
}

function describeProblem(validator: Validator<unknown>): string {
  const problem = validator.errors?.[0];
  if (problem === undefined) return 'unknown problem';
  const field = problem.instancePath === '' ? 'it' : `"${problem.instancePath.slice(1)}"`;
  return `${field} ${problem.message ?? 'is wrong'}`;
}
