import type { Benchmark } from '../benchmark.ts';
import { pick } from '../idle-window.ts';

export const idleCpu: Benchmark = {
  name: 'idle-cpu',
  unit: 'ms/min',
  about: 'CPU time of an agent with nothing to do; floor: an empty Node',
  measure: async (world) => pick(await world.idle(), ({ cpuMsPerMinute }) => [cpuMsPerMinute]),
};
