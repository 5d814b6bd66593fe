import type { Benchmark } from '../benchmark.ts';

export const serverIdleCpu: Benchmark = {
  name: 'server-idle-cpu',
  unit: 'ms/agent/h',
  about:
    'processor time of the server for each agent that waits for work, of 1,000; floor: a server that only keeps their connections',
  measure: async (world) => {
    const { server, floor } = await world.crowd();
    return { samples: server.cpuMsPerAgentAndHour, floor: floor.cpuMsPerAgentAndHour };
  },
};
