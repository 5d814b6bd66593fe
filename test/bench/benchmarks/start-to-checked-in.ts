import type { Benchmark } from '../benchmark.ts';
import { timeEmptyNode } from '../empty-node.ts';

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
      floor.push(timeEmptyNode());
    }
    return { samples, floor };
  },
};
