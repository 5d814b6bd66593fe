import { createJobPipeline } from '../../src/agent/jobs/job-pipeline.ts';
import type { JobPipeline } from '../../src/agent/jobs/job-options.ts';
import { runLoops } from '../../src/lib/loops.ts';
import { Stopped } from '../../src/lib/stopped.ts';
import type { JobPhase } from '../../src/store/agent/job-journal.ts';
import type { Cleanup } from './cleanup.ts';
import type { TestDeps } from './job-deps.ts';
import { waitFor } from './wait-for.ts';

export interface RunningPipeline extends JobPipeline {
  /** Resolves when the job has come to `phase` or further. */
  reached(jobID: string, phase: JobPhase): Promise<void>;
  /** As the agent's own stop: resolves when both loops have ended. */
  stop(): Promise<void>;
}

/** A pipeline whose loops run, until `stop` or the end of the test. */
export function runPipeline(onEnd: (cleanup: Cleanup) => void, deps: TestDeps): RunningPipeline {
  const pipeline = createJobPipeline(deps);
  const stopping = new AbortController();
  const running = runLoops(stopping.signal, { ...pipeline.loops });
  const stop = async (): Promise<void> => {
    stopping.abort(new Stopped('shutdown'));
    await running;
  };
  onEnd(stop);
  return {
    ...pipeline,
    stop,
    reached: async (jobID, phase) => {
      await waitFor(() => deps.journal.get(jobID)?.phaseTimes[phase] !== undefined, {
        what: `"${phase}" of job "${jobID}"`,
        everyMs: 5,
      });
    },
  };
}
