import type { Benchmark } from '../benchmark.ts';
import type { IdleWindow } from '../idle-window.ts';

export const idleUnitsMemory: Benchmark = {
  name: 'idle-units-memory',
  unit: 'MiB',
  about:
    'private memory of an idle agent that keeps 1,000 tasks and 100 services; floor: one that keeps nothing',
  measure: async (world) => ({
    floor: privateMemory(await world.idle()),
    samples: privateMemory(await world.idleWithUnits()),
  }),
};

function privateMemory({ agent }: IdleWindow): number[] {
  return agent.memory.map(({ privateDirtyMiB }) => privateDirtyMiB);
}
