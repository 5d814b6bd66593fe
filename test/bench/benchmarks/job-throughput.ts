import { defaultConfig } from '../../../src/agent/config/defaults.ts';
import type { Benchmark } from '../benchmark.ts';
import { timeByHand } from '../time-by-hand.ts';
import { addTrueJob } from '../true-job.ts';
import type { World } from '../world.ts';

const JOBS = 300;
const ROUNDS = 3;
const WARM_UPS = 20;
const WAIT_SECONDS = 30;
const SCRIPT = 'many-true.sh';

export const jobThroughput: Benchmark = {
  name: 'job-throughput',
  unit: 'jobs/s',
  about:
    'jobs that run `true`, all assigned at once, until the last result is recorded; floor: as many by hand, as many at a time',
  async measure(world) {
    const archivePath = await addTrueJob(world, SCRIPT);
    await world.restartAgent();
    await timeJobs(world, WARM_UPS);
    const { concurrency } = defaultConfig({ defaultStateDir: () => '' }).jobs;
    const samples: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      samples.push(perSecond(await timeJobs(world, JOBS)));
      floor.push(perSecond(timeByHand(archivePath, { runs: JOBS, concurrency }).total));
    }
    return { samples, floor };
  },
};

/** Milliseconds from the first assignment to the last result. */
async function timeJobs({ api, agentID }: World, count: number): Promise<number> {
  const startedAt = performance.now();
  const assigned = Array.from({ length: count }, () => api.assign(agentID, SCRIPT));
  const jobIDs = await Promise.all(assigned);
  const jobs = await Promise.all(jobIDs.map((jobID) => api.job(jobID, WAIT_SECONDS)));
  const duration = performance.now() - startedAt;
  const failed = jobs.find(({ outcome }) => outcome !== 'succeeded');
  if (failed !== undefined) throw new Error(`A job ended as ${failed.outcome ?? failed.state}`);
  return duration;
}

function perSecond(durationMs: number): number {
  return (JOBS * 1000) / durationMs;
}
