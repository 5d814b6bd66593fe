/** `npm run bench`: the figures that this project claims, each beside a floor measured in the same run. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Progress } from '../../build/progress.ts';
import type { Benchmark } from './benchmark.ts';
import { idleCpu } from './benchmarks/idle-cpu.ts';
import { idlePrivateDirty } from './benchmarks/idle-private-dirty.ts';
import { idleRss } from './benchmarks/idle-rss.ts';
import { idleUnitsCpu } from './benchmarks/idle-units-cpu.ts';
import { idleUnitsMemory } from './benchmarks/idle-units-memory.ts';
import { idleWakeups } from './benchmarks/idle-wakeups.ts';
import { jobLatency } from './benchmarks/job-latency.ts';
import { jobThroughput } from './benchmarks/job-throughput.ts';
import { serverCheckins } from './benchmarks/server-checkins.ts';
import { serverIdleCpu } from './benchmarks/server-idle-cpu.ts';
import { serverMemory } from './benchmarks/server-memory.ts';
import { startToCheckedIn } from './benchmarks/start-to-checked-in.ts';
import { updateBytes } from './benchmarks/update-bytes.ts';
import { updateDowntime } from './benchmarks/update-downtime.ts';
import { toFigure, toTable, type Figure } from './figure.ts';
import { World } from './world.ts';

const BENCHMARKS: readonly Benchmark[] = [
  jobLatency,
  jobThroughput,
  startToCheckedIn,
  idleCpu,
  idleWakeups,
  idleRss,
  idlePrivateDirty,
  idleUnitsCpu,
  idleUnitsMemory,
  updateBytes,
  updateDowntime,
  serverMemory,
  serverIdleCpu,
  serverCheckins,
];
const NAMES = BENCHMARKS.map(({ name }) => name).join(', ');

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } });
  const only = values.only?.split(',');
  const chosen = BENCHMARKS.filter(({ name }) => only === undefined || only.includes(name));
  if (chosen.length === 0) throw new Error(`Unknown benchmark "${values.only ?? ''}"; there are ${NAMES}`);
  const figures = await measureAll(chosen);
  process.stdout.write(toTable(figures));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);
}

async function measureAll(benchmarks: readonly Benchmark[]): Promise<Figure[]> {
  const progress = new Progress(process.stderr);
  const world = await progress.step('Server and agent', () => World.create());
  try {
    const figures: Figure[] = [];
    for (const { name, unit, measure } of benchmarks)
      figures.push(toFigure(name, unit, await progress.step(name, () => measure(world))));
    return figures;
  } finally {
    await world.close();
  }
}
