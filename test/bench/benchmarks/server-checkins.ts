import type { Benchmark } from '../benchmark.ts';

export const serverCheckins: Benchmark = {
  name: 'server-checkins',
  unit: 'agents/s',
  about:
    'how fast 1,000 agents are back that all come at once; floor: a server that only keeps their connections',
  measure: async (world) => {
    const { server, floor } = await world.crowd();
    return { samples: server.checkinsPerSecond, floor: floor.checkinsPerSecond };
  },
};
