import { DEFAULT_JOB_LIMITS } from './job-limits.ts';
import type { JobDeps, JobPipeline, JobPipelineOptions } from './job-options.ts';
import { JobReporter } from './job-reporter.ts';
import { JobRunner } from './job-runner.ts';

/** All that happens to a job on the endpoint. Runner and reporter meet in the journal alone, and wake each other at once. */
export function createJobPipeline(options: JobPipelineOptions): JobPipeline {
  const log = options.log.child({ module: 'jobs' });
  const deps: JobDeps = { ...options, log, limits: { ...DEFAULT_JOB_LIMITS, ...options.limits } };
  const reporter = new JobReporter(deps);
  const runner = new JobRunner(deps, { onExited: () => reporter.wake() });
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
  };
}
