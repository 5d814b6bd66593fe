import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { readAgentStore } from '../../src/store/agent/read-agent-store.ts';
import { useCleanup } from '../support/cleanup.ts';
import { COUNT_RUN } from '../support/job-scripts.ts';
import { testOnPosix } from '../support/on-posix.ts';
import { OriginalCommander } from '../support/original-commander/original-commander.ts';
import { PackedWorld, requireOk, type PackedAgent } from '../support/packed-world.ts';
import { waitFor } from '../support/wait-for.ts';
import { zipOf } from '../support/zip.ts';

const onEnd = useCleanup();

async function prepare(): Promise<{ original: OriginalCommander; agent: PackedAgent; runsPath: string }> {
  const original = await OriginalCommander.start({ oddities: { pollIntervalMs: 50 } });
  onEnd(() => original.close());
  const world = new PackedWorld(onEnd);
  const agent = world.agent('endpoint');
  const how = [
    '--server',
    original.url,
    '--capy',
    original.capyUrl,
    '--ca-fingerprint',
    original.fingerprint,
  ];
  const outcome = await agent.command(
    'enroll',
    ...how,
    '--registration-key',
    original.registrationKey,
    '--json',
  );
  agent.agentID = (JSON.parse(requireOk(outcome)) as { agentID: string }).agentID;
  return { original, agent, runsPath: join(world.dir, 'runs') };
}

describe('the packed agent at the original', () => {
  testOnPosix('killed 15 times at any moment, runs no job twice and reports each once', async () => {
    const { original, agent, runsPath } = await prepare();
    const jobIDs: string[] = [];
    for (let kills = 0; kills < 15; kills++) {
      // A name of its own for each: the original takes a result for any job of that name.
      const filename = `count-${kills}.sh`;
      original.addToLibrary({ filename, executor: 'sh' }, await zipOf({ [filename]: COUNT_RUN.content }));
      jobIDs.push(original.assign(agent.agentID, filename, [runsPath]));
      agent.start();
      await delay(100 + Math.random() * 400);
      await agent.kill();
    }
    agent.start();
    const recorded = (): string[] => original.history(agent.agentID).map(({ jobID }) => jobID);
    await waitFor(() => recorded().length >= jobIDs.length, { what: 'all results', timeoutMs: 20_000 });
    await waitFor(() => readAgentStore(agent.stateDir).held === 0, { what: 'an empty journal' });
    expect(recorded().sort()).toEqual(jobIDs.sort());
    const runs = readFileSync(runsPath, 'utf8').trim().split('\n');
    expect(new Set(runs).size).toBe(runs.length);
  });
});
