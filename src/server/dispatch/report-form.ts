import { AppError } from '../../lib/errors.ts';
import { validateJobAssignment, validateResultDetail } from '../../protocol/generated/job.js';
import type { JobAssignment, JobOrigin, ResultDetail } from '../../protocol/schemas/job.ts';
import type { JobResultRecord } from '../../store/server/job-store.ts';
import { originalFields } from './pushes.ts';

/** A result as an agent sent it, checked and in one form, before anything is changed by it. */
export interface Report {
  readonly jobID: string | undefined;
  readonly filename: string;
  /** Only our own agents send detail. They may repeat a report; to the original a repeated one is an error. */
  readonly isDetailed: boolean;
  /** What it was, when the endpoint put it into its journal itself. */
  readonly ownJob?: JobAssignment;
  readonly result: JobResultRecord;
}

const TEXT_FIELDS = [
  'jobID',
  'executor',
  'filename',
  'description',
  'os',
  'user',
  'timeCreated',
  'timeDispatched',
  'timeStarted',
  'timeEnded',
] as const;

type TextField = (typeof TEXT_FIELDS)[number] | 'stdout' | 'stderr';

/**
 * Reads the body of POST /agent/history. Forgiving where the original is: null is the same as absent, and an exit code may
 * be `"3"`, 3.7 or true. Keys that it does not know, which break the original, are dropped.
 * @throws AppError MESSAGE_INVALID naming the field that is wrong
 */
export function readReport(body: Readonly<Record<string, unknown>>): Report {
  const job = body['job'];
  if (typeof job !== 'object' || job === null || Array.isArray(job)) throw invalid('it is not an object');
  const fields = job as Readonly<Record<string, unknown>>;
  const filename = readText(fields, 'filename');
  if (filename === undefined) throw invalid('"filename" is missing');
  const exitCode = readExitCode(fields['exitCode']);
  const reported = readReported(fields, exitCode);
  // A detail from the future may name outcomes that we do not know; the result itself still counts.
  const detail = validateResultDetail(body['detail']) ? body['detail'] : undefined;
  return {
    jobID: readText(fields, 'jobID'),
    filename,
    isDetailed: body['detail'] !== undefined,
    ...present('ownJob', readOwnJob(reported, detail?.origin)),
    result: {
      ...(detail === undefined ? describeExit(exitCode) : describeDetail(detail)),
      ...present('exitCode', exitCode),
      ...present('timeStarted', readText(fields, 'timeStarted')),
      ...present('timeEnded', readText(fields, 'timeEnded')),
      ...present('stdout', readText(fields, 'stdout')),
      ...present('stderr', readText(fields, 'stderr')),
      reported,
    },
  };
}

function describeDetail(detail: ResultDetail): Pick<JobResultRecord, 'outcome'> & Partial<JobResultRecord> {
  const { outcome, reason, signal, phaseTimes, stdoutBytes, stderrBytes } = detail;
  return {
    outcome,
    phaseTimes,
    stdoutBytes,
    stderrBytes,
    ...present('reason', reason?.toWellFormed()),
    ...present('signal', signal?.toWellFormed()),
  };
}

function describeExit(exitCode: number | undefined): Pick<JobResultRecord, 'outcome' | 'reason'> {
  if (exitCode === undefined) return { outcome: 'failed', reason: 'the agent reported no exit code' };
  return { outcome: exitCode === 0 ? 'succeeded' : 'failed' };
}

/** The job as GET /admin/history gives it back; its outputs are kept apart. */
function readReported(
  fields: Readonly<Record<string, unknown>>,
  exitCode: number | undefined,
): Record<string, unknown> {
  const texts = TEXT_FIELDS.map((name) => [name, readText(fields, name)] as const);
  return {
    ...Object.fromEntries(texts.filter(([, text]) => text !== undefined)),
    ...present('argv', readArguments(fields['argv'])),
    ...present('exitCode', exitCode),
  };
}

function readOwnJob(
  reported: Record<string, unknown>,
  origin: JobOrigin | undefined,
): JobAssignment | undefined {
  const job = { ...originalFields(reported), origin };
  return origin !== undefined && validateJobAssignment(job) ? job : undefined;
}

/** Lone surrogates can be written in JSON but not stored as UTF-8: they become U+FFFD. */
function readText(fields: Readonly<Record<string, unknown>>, name: TextField): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(`"${name}" is not a string`);
  return value.toWellFormed();
}

function readArguments(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalid('"argv" is not a list of strings');
  }
  return value.map((item) => item.toWellFormed());
}

/** Exit codes reach from negative ones up to those of Windows, such as 3221225477. */
function readExitCode(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const code = toInteger(value);
  if (Number.isSafeInteger(code)) return code;
  throw invalid('"exitCode" is not an integer');
}

function toInteger(value: unknown): number {
  if (typeof value === 'string') return /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : NaN;
  return typeof value === 'number' || typeof value === 'boolean' ? Math.trunc(Number(value)) : NaN;
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}

function invalid(problem: string): AppError {
  return new AppError('MESSAGE_INVALID', `The job in the request is not valid: ${problem}`);
}
