import { AppError } from '../../lib/errors.ts';
import { validateUnitKind } from '../../protocol/generated/admin/library.js';
import type { UnitKind } from '../../protocol/schemas/admin/library.ts';
import { parse } from '../../protocol/validate.ts';

export type Query = Readonly<Record<string, string | undefined>>;

/** A parameter given twice comes as a list, which no route of ours takes. @throws AppError MESSAGE_INVALID */
export function requireSingles(query: unknown): void {
  const list = Object.entries(query ?? {}).find(([, value]) => Array.isArray(value));
  if (list !== undefined) throw new AppError('MESSAGE_INVALID', `"${list[0]}" was given more than once`);
}

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

/** @throws AppError MESSAGE_INVALID unless the parameter is absent, `true` or `false` */
export function readFlag(query: Query, name: string): boolean | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new AppError('MESSAGE_INVALID', `"${name}" must be true or false, not "${text}"`);
}

/** @throws AppError MESSAGE_INVALID when there is a `kind` that is none */
export function readKind({ kind }: Query): { kind?: UnitKind } {
  return kind === undefined ? {} : { kind: parse(validateUnitKind, kind, `The kind "${kind}"`) };
}
