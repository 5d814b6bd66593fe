import { AppError } from '../../lib/errors.ts';
import { validateUnitKind } from '../../protocol/generated/admin/library.js';
import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import { parse } from '../../protocol/validate.ts';

/** A parameter given twice comes as a list; no route of ours takes that. */
export type Query = Readonly<Record<string, string | undefined>>;

/** @throws AppError MESSAGE_INVALID unless the parameter is absent or a whole number from 0 to `max` */
export function readNumber(
  query: Query,
  name: string,
  { fallback, max }: { fallback: number; max: number },
): number {
  const text = query[name];
  if (text === undefined) return fallback;
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
  throw new AppError('MESSAGE_INVALID', `"${name}" must be a whole number from 0 to ${max}, not "${text}"`);
}

/** @throws AppError MESSAGE_INVALID when there is a `kind` that is none */
export function readKind({ kind }: Query): { kind?: UnitKind } {
  return kind === undefined ? {} : { kind: parse(validateUnitKind, kind, `The kind "${kind}"`) };
}
