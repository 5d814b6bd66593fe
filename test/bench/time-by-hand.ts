import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface ByHand {
  /** Milliseconds of each run. */
  durations: number[];
  /** Milliseconds of all of them together. */
  total: number;
}

/** Has `job-by-hand.ts` run an archive `runs` times, `concurrency` of them at once. */
export function timeByHand(archivePath: string, { runs, concurrency = 1 }: Runs): ByHand {
  const script = join('test', 'bench', 'job-by-hand.ts');
  const argv = [script, archivePath, String(runs), String(concurrency)];
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as ByHand;
}

interface Runs {
  readonly runs: number;
  readonly concurrency?: number;
}
