import { DEFAULT_ARCHIVE_LIMITS } from '../../lib/archive/archive-types.ts';
import type { JobLimits } from './job-options.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_JOB_LIMITS: JobLimits = {
  archive: DEFAULT_ARCHIVE_LIMITS,
  concurrency: 4,
  timeoutMs: DAY_MS,
  noOutputTimeoutMs: undefined,
  fetchPatienceMs: DAY_MS,
  fetchAttempts: 5,
  outputBytes: 64 * 1024 ** 2,
  reportedBytes: 512 * 1024,
  endGraceMs: 5_000,
  rememberMs: 30 * DAY_MS,
};
