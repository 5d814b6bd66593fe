import type { Benchmark } from '../benchmark.ts';

export const serverMemory: Benchmark = {
  name: 'server-memory',
  unit: 'KiB/agent',
  about:
    'private memory of the server for each agent that waits for work; floor: a server that only keeps their connections',
  measure: async (world) => {
    const { server, floor } = await world.crowd();
    return { samples: server.kibPerAgent, floor: floor.kibPerAgent };
  },
};
