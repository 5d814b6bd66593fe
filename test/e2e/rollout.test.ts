import { expect, test } from '@jest/globals';
import type { GroupList } from '../../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../src/protocol/schemas/admin/jobs.ts';
import type { RolloutList, RolloutView } from '../../src/protocol/schemas/admin/rollouts.ts';
import { useCleanup } from '../support/cleanup.ts';
import { CRASHING, GOOD, INSTALLED, usePackedReleases } from '../support/packed-releases.ts';
import { PackedWorld, requireOk, type PackedAgent } from '../support/packed-world.ts';
import { waitFor } from '../support/wait-for.ts';

const onEnd = useCleanup();
/** It checks in, and crashes before its probation is over. */
const publish = usePackedReleases({ crash: 'setTimeout(() => process.exit(3), 3_000)' });

test('a version that crashes after its check-in gets no further than the canary, also over a restart of the server; a good one to all', async () => {
  const { world, canary } = await startWorld();

  await start(world, CRASHING, canary);
  await until(world, ({ whole }) => whole.offered === 1);
  await world.killServer();
  await world.startServer();
  const halted = await until(world, ({ state }) => state === 'paused');
  expect(halted).toMatchObject({
    reason: expect.stringContaining('1 failed') as unknown,
    whole: { agents: 3, offered: 1, updated: 0, failed: 1 },
    lost: [{ agentID: canary.agentID, reason: expect.stringContaining('ended by itself') as unknown }],
  });
  const { stderr } = await world.commander('rollout', 'abort', 'default');
  expect(stderr).toContain('The group has no version, so its agents stay at what they run');
  await allRun(world, INSTALLED);
  expect(await updates(world)).toMatchObject([{ agentID: canary.agentID, outcome: 'failed' }]);

  await start(world, GOOD, canary);
  const completed = await until(world, ({ state }) => state === 'completed');
  expect(completed.whole).toMatchObject({ agents: 3, updated: 3, failed: 0 });
  await allRun(world, GOOD);
  const { groups } = await world.ask<GroupList>('groups', 'list');
  expect(groups).toMatchObject([{ name: 'default', agentVersion: GOOD }]);
  const succeeded = (await updates(world)).filter(({ outcome }) => outcome === 'succeeded');
  expect(succeeded).toHaveLength(3);
}, 240_000);

/** Three agents that are checked in, at a server that has published all versions. */
async function startWorld(): Promise<{ world: PackedWorld; canary: PackedAgent }> {
  const world = new PackedWorld(onEnd, { COMMANDER_AGENT_UPDATE_PROBATION_SECONDS: '5' });
  await world.startServer();
  await publish(world);
  const canary = await world.enrollAgent('canary');
  const agents = [canary, await world.enrollAgent('second'), await world.enrollAgent('third')];
  for (const agent of agents) await agent.connect();
  return { world, canary };
}

async function start(world: PackedWorld, version: string, { agentID }: PackedAgent): Promise<void> {
  const plan = ['--canary', agentID, '--stages', '100', '--rest', '0'];
  requireOk(await world.commander('rollout', 'start', 'default', version, ...plan));
}

/** The rollout that was begun last, once it is as wanted. */
async function until(world: PackedWorld, isSo: (rollout: RolloutView) => boolean): Promise<RolloutView> {
  return await waitFor(
    async () =>
      (await world.ask<RolloutList>('rollout', 'status', 'default')).rollouts.slice(0, 1).find(isSo),
    { what: 'the rollout', timeoutMs: 90_000, everyMs: 200 },
  );
}

async function allRun(world: PackedWorld, version: string): Promise<void> {
  await waitFor(
    async () => (await world.agents()).every((agent) => agent.connected && agent.version === version),
    { what: `all agents at version ${version}`, timeoutMs: 60_000, everyMs: 200 },
  );
}

async function updates(world: PackedWorld): Promise<JobView[]> {
  return (await world.jobs()).filter(({ source }) => source === 'update');
}
