import type { Benchmark } from '../benchmark.ts';

export const idleUnitsCpu: Benchmark = {
  name: 'idle-units-cpu',
  unit: 'ms/min',
  about: 'CPU time of an idle agent that keeps 1,000 tasks and 100 services; floor: one that keeps nothing',
  measure: async (world) => ({
    floor: [(await world.idle()).agent.cpuMsPerMinute],
    samples: [(await world.idleWithUnits()).agent.cpuMsPerMinute],
  }),
};
