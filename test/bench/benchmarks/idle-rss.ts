import type { Benchmark } from '../benchmark.ts';
import { pick } from '../idle-window.ts';

export const idleRss: Benchmark = {
  name: 'idle-rss',
  unit: 'MiB',
  about: 'resident memory of an agent with nothing to do, shared pages too; floor: an empty Node',
  measure: async (world) => pick(await world.idle(), ({ memory }) => memory.map(({ rssMiB }) => rssMiB)),
};
