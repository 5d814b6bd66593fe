import { expect, test } from '@jest/globals';
import type { JobView } from '../../src/protocol/schemas/admin/jobs.ts';
import type { UnitView } from '../../src/protocol/schemas/admin/units.ts';
import { useCleanup } from '../support/cleanup.ts';
import { SAY_FOREVER, writeScript } from '../support/job-scripts.ts';
import { CRASHING, GOOD, INSTALLED, usePackedReleases } from '../support/packed-releases.ts';
import { PackedWorld, requireOk, type PackedAgent } from '../support/packed-world.ts';
import { waitFor } from '../support/wait-for.ts';

const onEnd = useCleanup();
const publish = usePackedReleases({ crash: 'process.exit(3)' });

test('a group goes to a newer version and back, and a service does not notice', async () => {
  const { world, agent } = await startWorld();
  await world.addToLibrary(writeScript(world.dir, SAY_FOREVER), '--kind', 'service', '--name', 'web');
  requireOk(await world.commander('services', 'assign', 'web', '--group', 'default'));
  const before = await serviceOf(world);

  await goTo(world, GOOD);
  expect(await updateJob(world, GOOD)).toMatchObject({
    outcome: 'succeeded',
    source: 'update',
    agentID: agent.agentID,
  });
  await goTo(world, INSTALLED);
  expect(await updateJob(world, INSTALLED)).toMatchObject({ outcome: 'succeeded' });
  expect((await serviceOf(world)).pid).toBe(before.pid);
}, 120_000);

test('a version that crashes is left again, reported, and not tried a second time', async () => {
  const { world, agent } = await startWorld();
  requireOk(await world.commander('groups', 'set-version', 'default', CRASHING));
  expect(await updateJob(world, CRASHING)).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining('ended by itself') as unknown,
  });
  await runs(world, INSTALLED);
  const status = await agent.command('update', 'status', '--json');
  expect(JSON.parse(requireOk(status))).toMatchObject({ current: INSTALLED });
  const ofUpdates = (await world.jobs()).filter(({ source }) => source === 'update');
  expect(ofUpdates).toHaveLength(1);
}, 120_000);

/** An agent that is checked in, at a server that has published all versions. */
async function startWorld(): Promise<{ world: PackedWorld; agent: PackedAgent }> {
  const world = new PackedWorld(onEnd, { COMMANDER_AGENT_UPDATE_PROBATION_SECONDS: '2' });
  await world.startServer();
  await publish(world);
  const agent = await world.enrollAgent('endpoint');
  await agent.connect();
  return { world, agent };
}

async function goTo(world: PackedWorld, version: string): Promise<void> {
  requireOk(await world.commander('groups', 'set-version', 'default', version));
  await runs(world, version);
}

async function runs(world: PackedWorld, version: string): Promise<void> {
  await waitFor(
    async () => (await world.agents()).some((agent) => agent.connected && agent.version === version),
    { what: `the check-in of version ${version}`, timeoutMs: 60_000, everyMs: 200 },
  );
}

async function updateJob(world: PackedWorld, version: string): Promise<JobView> {
  return await waitFor(
    async () =>
      (await world.jobs()).find(
        ({ origin, state }) =>
          origin !== undefined && 'updateTo' in origin && origin.updateTo === version && state === 'finished',
      ),
    { what: `the result of the update to ${version}`, timeoutMs: 60_000, everyMs: 200 },
  );
}

async function serviceOf(world: PackedWorld): Promise<UnitView> {
  return await waitFor(
    async () => {
      const [unit] = (await world.ask<{ units: UnitView[] }>('services', 'show', 'web')).units;
      return unit?.state === 'running' ? unit : undefined;
    },
    { what: 'the running service', timeoutMs: 30_000, everyMs: 200 },
  );
}
