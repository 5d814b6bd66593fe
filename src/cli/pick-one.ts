import { AppError, type ErrorCode } from '../lib/errors.ts';

export interface Naming<T> {
  /** For sentences: "agent". */
  kind: string;
  notFound: ErrorCode;
  /** What the item may be called by, most telling first. */
  namesOf: (item: T) => readonly string[];
}

const SHOWN_CANDIDATES = 5;

/**
 * The one item that `text` names, whole or by its beginning, in either case. A whole name goes before a beginning.
 * @throws AppError `notFound`, or USAGE listing the candidates when there are several
 */
export function pickOne<T>(items: readonly T[], text: string, naming: Naming<T>): T {
  const wanted = text.toLowerCase();
  const whole = items.filter((item) => naming.namesOf(item).some((name) => name.toLowerCase() === wanted));
  const begun = items.filter((item) =>
    naming.namesOf(item).some((name) => name.toLowerCase().startsWith(wanted)),
  );
  const candidates = whole.length > 0 ? whole : begun;
  const [only, ...others] = wanted === '' ? [] : candidates;
  if (only === undefined) throw new AppError(naming.notFound, `There is no ${naming.kind} "${text}"`);
  if (others.length > 0) throw ambiguous(text, candidates, naming);
  return only;
}

function ambiguous<T>(text: string, candidates: readonly T[], { kind, namesOf }: Naming<T>): AppError {
  const shown = candidates.slice(0, SHOWN_CANDIDATES).map((item) => namesOf(item).join(' '));
  const list = [...shown, ...(candidates.length > SHOWN_CANDIDATES ? ['…'] : [])].join(', ');
  return new AppError(
    'USAGE',
    `"${text}" may be any of ${candidates.length} ${kind}s: ${list}; give a longer one`,
  );
}
