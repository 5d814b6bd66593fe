import type { Benchmark } from '../benchmark.ts';
import { pick } from '../idle-window.ts';

export const idleWakeups: Benchmark = {
  name: 'idle-wakeups',
  unit: '1/min',
  about: 'how often the threads of an agent with nothing to do are woken; floor: an empty Node',
  measure: async (world) => pick(await world.idle(), ({ waitsPerMinute }) => [waitsPerMinute]),
};
