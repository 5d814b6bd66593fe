import type { Benchmark } from '../benchmark.ts';
import { pick } from '../idle-window.ts';

export const idlePrivateDirty: Benchmark = {
  name: 'idle-private-dirty',
  unit: 'MiB',
  about: 'memory that an agent with nothing to do has for itself alone; floor: an empty Node',
  measure: async (world) =>
    pick(await world.idle(), ({ memory }) => memory.map(({ privateDirtyMiB }) => privateDirtyMiB)),
};
