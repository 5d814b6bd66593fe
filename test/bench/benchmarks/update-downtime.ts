import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentView } from '../../../src/protocol/schemas/admin/fleet.ts';
import { packageVersion } from '../../../build/bundle.ts';
import { packAgent } from '../../support/pack-agent.ts';
import type { Benchmark } from '../benchmark.ts';
import { timeEmptyNode } from '../empty-node.ts';
import type { Measurement } from '../figure.ts';
import type { World } from '../world.ts';

/** Forth and back in turn. */
const CHANGES = 10;
const OTHER = '99.0.0';
const PATIENCE_MS = 60_000;
const POLL_MS = 1;
const ENVIRONMENT = { COMMANDER_AGENT_UPDATE_PROBATION_SECONDS: '1' };

export const updateDowntime: Benchmark = {
  name: 'update-downtime',
  unit: 'ms',
  about:
    'from the old version leaving the server to the new one being checked in; floor: an empty Node, start to end',
  async measure(world) {
    const stateDir = await world.fleet.enrollAgent('updated');
    await publishOther(world);
    const agent = await world.fleet.startAgent(stateDir, ENVIRONMENT);
    try {
      return await measureChanges(world, agent);
    } finally {
      await world.fleet.end(agent);
    }
  },
};

async function publishOther({ fleet }: World): Promise<void> {
  const outPath = join(fleet.dir, 'other');
  await packAgent({ version: OTHER, outPath });
  await fleet.commander('releases', 'publish', fleet.agentPath, outPath);
}

async function measureChanges({ api, agentID }: World, agent: ChildProcess): Promise<Measurement> {
  const samples: number[] = [];
  const floor: number[] = [];
  const updated = async (): Promise<AgentView | undefined> =>
    (await api.agents()).find((one) => one.agentID !== agentID);
  for (let change = 0; change < CHANGES; change++) {
    const version = change % 2 === 0 ? OTHER : packageVersion();
    await api.setVersion((await updated())?.agentID ?? '', version);
    samples.push(await gapBefore(version, updated, agent));
    floor.push(timeEmptyNode());
  }
  return { samples, floor };
}

/** Milliseconds between the last look at which the version before it was there, and the first at which it was itself. */
async function gapBefore(
  version: string,
  look: () => Promise<AgentView | undefined>,
  agent: ChildProcess,
): Promise<number> {
  let leftAt = performance.now();
  for (const deadline = leftAt + PATIENCE_MS; performance.now() < deadline && agent.exitCode === null;) {
    const lookedAt = performance.now();
    const seen = await look();
    if (seen?.connected === true && seen.version === version) return performance.now() - leftAt;
    if (seen?.connected === true) leftAt = lookedAt;
    await sleep(POLL_MS);
  }
  throw new Error(`The agent did not come to version ${version}`);
}
