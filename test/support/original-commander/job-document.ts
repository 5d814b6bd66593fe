import { generic } from './reply.ts';
import type { OriginalJob } from './state.ts';

const KNOWN = new Set([
  ...['jobID', 'executor', 'filename', 'description', 'os', 'user', 'argv'],
  ...['timeCreated', 'timeDispatched', 'timeStarted', 'timeEnded', 'exitCode', 'stdout', 'stderr', '_cls'],
]);
const REQUIRED = ['executor', 'filename', 'description', 'os'];
const OPTIONAL_TEXTS = [
  'jobID',
  'user',
  'timeCreated',
  'timeDispatched',
  'timeStarted',
  'timeEnded',
  'stdout',
  'stderr',
];

/** A reported job as the original's document layer takes it: every fault is a 500 without a word. Nulls are dropped. */
export function toDocument(fields: Record<string, unknown>): OriginalJob {
  const known = Object.keys(fields).every((name) => KNOWN.has(name));
  const texts = REQUIRED.every((name) => isText(fields[name]));
  const optional = OPTIONAL_TEXTS.every((name) => isAbsent(fields[name]) || isText(fields[name]));
  const argv = fields['argv'];
  const listOfTexts = isAbsent(argv) || (Array.isArray(argv) && argv.every(isText));
  if (!known || !texts || !optional || !listOfTexts) throw generic(500);
  const exitCode = toExitCode(fields['exitCode']);
  const present = Object.entries({ ...fields, exitCode }).filter(
    ([name, value]) => !isAbsent(value) && name !== '_cls',
  );
  return Object.fromEntries(present) as OriginalJob;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** BSON holds no lone surrogates. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

/** Python's int(), within the 64 bits that BSON has. */
function toExitCode(value: unknown): number | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === 'object') throw generic(500);
  const number = typeof value === 'string' && value.trim() === '' ? NaN : Math.trunc(Number(value));
  if (!Number.isFinite(number) || Math.abs(number) > 2 ** 63) throw generic(500);
  return number;
}

const DAY_S = 86_400;

/** What an admin gets to see; a single `timeEnded` in another form makes it 500 for ever. */
export function recentHistory(history: readonly OriginalJob[], daysAgo: number): string[] {
  const since = Date.now() / 1000 - daysAgo * DAY_S;
  return history.filter((job) => endedAt(job) >= since).map((job) => toPythonJson(job));
}

function endedAt(job: OriginalJob): number {
  const text = job['timeEnded'];
  if (typeof text !== 'string' || !/^\d+(\.\d+)?Z$/.test(text)) throw generic(500);
  return Number(text.slice(0, -1));
}

/** `json.dumps`: a space after separators, everything that is not ASCII escaped. */
export function toPythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${toPythonJson(name)}: ${toPythonJson(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
