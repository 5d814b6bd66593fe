import { DEFAULT_ARCHIVE_LIMITS } from '../../lib/archive/archive.ts';
import type { JobDeps, JobLimits, JobPipeline, JobPipelineOptions } from './job-options.ts';
import { JobReporter } from './job-reporter.ts';
import { JobRunner } from './job-runner.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_JOB_LIMITS: JobLimits = {
  archive: DEFAULT_ARCHIVE_LIMITS,
  concurrency: 4,
  timeoutMs: HOUR_MS,
  noOutputTimeoutMs: undefined,
  fetchPatienceMs: DAY_MS,
  fetchAttempts: 5,
  outputBytes: 64 * 1024 ** 2,
  reportedBytes: 512 * 1024,
  endGraceMs: 5_000,
  rememberMs: 30 * DAY_MS,
  rememberTaskRunsMs: DAY_MS,
};

/** All that happens to a job on the endpoint. Runner and reporter meet in the journal alone, and wake each other at once. */
export function createJobPipeline(options: JobPipelineOptions): JobPipeline {
  const log = options.log.child({ module: 'jobs' });
  const deps: JobDeps = { ...options, log, limits: { ...DEFAULT_JOB_LIMITS, ...options.limits } };
  const reporter = new JobReporter(deps);
  const runner = new JobRunner(deps, {
    onExited: () => {
      reporter.wake();
      deps.onEnded?.();
    },
  });
  return {
    loops: {
      runner: async (signal) => await runner.loop(signal),
      reporter: async (signal) => await reporter.loop(signal),
    },
    accept: (assignments) => {
      for (const { jobID, assignment } of deps.journal.accept(assignments)) {
        const { executor, filename } = assignment;
        log.info('job.accepted', 'A job was accepted', { jobID, executor, filename });
      }
      runner.wake();
    },
    cancel: (jobIDs) => runner.cancel(deps.journal.requestCancel(jobIDs)),
    serverIsBack: () => {
      runner.serverIsBack();
      reporter.wake();
    },
    drain: async () => await runner.drain(),
    resume: () => runner.resume(),
    reportNews: () => reporter.wake(),
  };
}
