import { AppError } from '../../lib/errors.ts';
import { validateJobAssignment, validateJobOutcome } from '../../protocol/generated/job.js';
import { parseJson } from '../../protocol/validate.ts';
import type { Row } from '../row.ts';
import { JOB_PHASES, type Job, type JobPhase, type JobResult } from './job-journal.ts';

/**
 * A job from its row. Rows are checked like messages: a damaged file must not reach the code that runs programs.
 * @throws AppError STATE_CORRUPT
 */
export function toJob(row: Row): Job {
  const jobID = String(row['jobID']);
  const result = row['result'];
  return {
    jobID,
    assignment: parseJson(
      validateJobAssignment,
      String(row['assignment']),
      'The assignment',
      'STATE_CORRUPT',
    ),
    phase: toPhase(row['phase']),
    phaseTimes: toPhaseTimes(parseObject(row['phaseTimes'], 'phase times')),
    cancelRequested: row['cancelRequested'] === 1,
    ...(result === null ? {} : { result: toResult(parseObject(result, 'result')) }),
  };
}

function toPhase(value: unknown): JobPhase {
  const phase = JOB_PHASES.find((known) => known === value);
  if (phase === undefined)
    throw new AppError('STATE_CORRUPT', `The phase ${JSON.stringify(value)} is unknown`);
  return phase;
}

function toPhaseTimes(value: Record<string, unknown>): Job['phaseTimes'] {
  if (!Object.values(value).every(Number.isFinite))
    throw new AppError('STATE_CORRUPT', 'The phase times are not numbers');
  return value;
}

function toResult(value: Record<string, unknown>): JobResult {
  const { outcome, stdoutBytes, stderrBytes } = value;
  if (
    !validateJobOutcome(outcome) ||
    !Number.isSafeInteger(stdoutBytes) ||
    !Number.isSafeInteger(stderrBytes)
  )
    throw new AppError('STATE_CORRUPT', 'The result is not one');
  return value as unknown as JobResult;
}

function parseObject(text: unknown, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(text));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new AppError('STATE_CORRUPT', `The ${what} cannot be read`);
}
