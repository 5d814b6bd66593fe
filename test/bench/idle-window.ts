import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement } from './figure.ts';
import { dropPageCache, readCounters, readMemory, type ProcessMemory } from './proc.ts';

/** What one process did while it had nothing to do. */
interface IdleSample {
  cpuMsPerMinute: number;
  waitsPerMinute: number;
  memory: ProcessMemory[];
}

/** The same window for the agent and for a Node that runs nothing. */
export interface IdleWindow {
  agent: IdleSample;
  floor: IdleSample;
}

/** An agent comes to rest ten seconds after its last work, and checking in was work. */
const SETTLE_MS = 15_000;
const WINDOW_MS = 60_000;
const MEMORY_READINGS = 6;

/** Starts an agent beside an empty Node, both with a cold page cache, and watches them for a minute. */
export async function watchIdle(startAgent: () => Promise<ChildProcess>): Promise<IdleWindow> {
  if (!dropPageCache()) console.error('Not root: the page cache stays, and RSS reads higher than it is');
  const empty = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 2 ** 31 - 1)']);
  try {
    const agent = await startAgent();
    await sleep(SETTLE_MS);
    const [agentSample, floor] = await Promise.all([watch(agent), watch(empty)]);
    return { agent: agentSample, floor };
  } finally {
    empty.kill();
  }
}

/** One of the values of a window, as a benchmark's measurement. */
export function pick(window: IdleWindow, value: (sample: IdleSample) => readonly number[]): Measurement {
  return { samples: value(window.agent), floor: value(window.floor) };
}

async function watch({ pid }: ChildProcess): Promise<IdleSample> {
  if (pid === undefined) throw new Error('Cannot watch a process that did not start');
  const before = readCounters(pid);
  const startedAt = performance.now();
  const memory: ProcessMemory[] = [];
  for (let reading = 0; reading < MEMORY_READINGS; reading++) {
    await sleep(WINDOW_MS / MEMORY_READINGS);
    memory.push(readMemory(pid));
  }
  const minutes = (performance.now() - startedAt) / 60_000;
  const after = readCounters(pid);
  return {
    cpuMsPerMinute: (after.cpuMs - before.cpuMs) / minutes,
    waitsPerMinute: (after.waits - before.waits) / minutes,
    memory,
  };
}
