import { execFileSync } from 'node:child_process';
import type { Benchmark } from '../benchmark.ts';

const RUNS = 20;

export const startToCheckedIn: Benchmark = {
  name: 'start-to-checked-in',
  unit: 'ms',
  about: 'from starting the agent to the server knowing it is there; floor: an empty Node, start to end',
  async measure(world) {
    const samples: number[] = [];
    const floor: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      samples.push(await world.timeAgentStart());
      floor.push(time(() => execFileSync(process.execPath, ['--eval', '0'])));
    }
    return { samples, floor };
  },
};

function time(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
