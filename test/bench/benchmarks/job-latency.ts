import type { Benchmark } from '../benchmark.ts';
import { timeByHand } from '../time-by-hand.ts';
import { addTrueJob } from '../true-job.ts';
import type { World } from '../world.ts';

const RUNS = 200;
const WARM_UPS = 5;
const WAIT_SECONDS = 20;
const SCRIPT = 'true.sh';

export const jobLatency: Benchmark = {
  name: 'job-latency',
  unit: 'ms',
  about:
    'from assigning `true` in a 1 kB zip to its result being recorded; floor: unzip, bash and rm by hand',
  async measure(world) {
    const archivePath = await addTrueJob(world, SCRIPT);
    await world.restartAgent();
    const samples: number[] = [];
    for (let run = -WARM_UPS; run < RUNS; run++) {
      const duration = await timeJob(world);
      if (run >= 0) samples.push(duration);
    }
    return { samples, floor: timeByHand(archivePath, { runs: RUNS }).durations };
  },
};

async function timeJob({ api, agentID }: World): Promise<number> {
  const startedAt = performance.now();
  const jobID = await api.assign(agentID, SCRIPT);
  const job = await api.job(jobID, WAIT_SECONDS);
  if (job.outcome !== 'succeeded') throw new Error(`Job ${jobID} ended as ${job.outcome ?? job.state}`);
  return performance.now() - startedAt;
}
