import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Benchmark } from '../benchmark.ts';
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
    const archivePath = join(world.fleet.dir, 'true.zip');
    await writeArchive(archivePath);
    await world.fleet.commander('library', 'add', archivePath, '--filename', SCRIPT, '--executor', 'bash');
    await world.restartAgent();
    const samples: number[] = [];
    for (let run = -WARM_UPS; run < RUNS; run++) {
      const duration = await timeJob(world);
      if (run >= 0) samples.push(duration);
    }
    return { samples, floor: timeByHand(archivePath) };
  },
};

async function timeJob({ api, agentID }: World): Promise<number> {
  const startedAt = performance.now();
  const jobID = await api.assign(agentID, SCRIPT);
  const job = await api.job(jobID, WAIT_SECONDS);
  if (job.outcome !== 'succeeded') throw new Error(`Job ${jobID} ended as ${job.outcome ?? job.state}`);
  return performance.now() - startedAt;
}

function timeByHand(archivePath: string): number[] {
  const script = join('test', 'bench', 'job-by-hand.ts');
  const output = execFileSync(process.execPath, [script, archivePath, String(RUNS)], { encoding: 'utf8' });
  return JSON.parse(output) as number[];
}

async function writeArchive(path: string): Promise<void> {
  const zip = new ZipFile();
  // Random text does not shrink, so that the archive has its kilobyte.
  zip.addBuffer(Buffer.from(`true # ${randomBytes(420).toString('hex')}\n`), SCRIPT);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
