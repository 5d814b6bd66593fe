import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { AgentDetail } from '../../src/protocol/schemas/admin/fleet.ts';
import type { UnitView } from '../../src/protocol/schemas/admin/units.ts';
import { useCleanup } from '../support/cleanup.ts';
import { COUNT_RUN, SAY_FOREVER, writeScript } from '../support/job-scripts.ts';
import { PackedWorld, requireOk, type PackedAgent } from '../support/packed-world.ts';
import { waitFor } from '../support/wait-for.ts';

const onEnd = useCleanup();

describe('an admin of tasks and services', () => {
  test('gives a task to a group, and sees its runs among the jobs until it is taken away', async () => {
    const { world, agent } = await startWorld();
    const runsPath = join(world.dir, 'runs');
    const task = ['--kind', 'task', '--every', '1s', '--name', 'count'];
    await world.addToLibrary(writeScript(world.dir, COUNT_RUN), ...task, '--', runsPath);
    requireOk(await world.commander('tasks', 'assign', 'count', '--group', 'default'));

    const runs = await waitFor(
      async () => {
        const finished = (await world.jobs()).filter(({ state }) => state === 'finished');
        return finished.length >= 2 ? finished : undefined;
      },
      { what: 'two runs', timeoutMs: 30_000 },
    );
    expect(runs[0]).toMatchObject({
      source: 'task',
      origin: { task: 'count' },
      outcome: 'succeeded',
      agentID: agent.agentID,
    });
    const counted = readFileSync(runsPath, 'utf8').trim().split(/\s+/);
    expect(counted).toEqual(expect.arrayContaining(runs.map(({ jobID }) => jobID)));
    const [unit] = await waitFor(
      async () => {
        const { units } = await world.ask<AgentDetail>('agents', 'show', agent.agentID);
        return units[0]?.lastOutcome === 'succeeded' ? units : undefined;
      },
      { what: 'the report of a run' },
    );
    expect(unit).toMatchObject({ name: 'count', kind: 'task', nextRun: expect.any(String) as unknown });

    const refused = await world.commander('library', 'remove', COUNT_RUN.filename);
    expect(refused).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('assigned to group "default"') as unknown,
    });
    requireOk(await world.commander('tasks', 'remove', 'count', '--all'));
    await waitFor(async () => (await agent.status()).units.length === 0, { what: 'no task' });
    await waitFor(() => archivesOf(agent).length === 0, { what: 'no archive' });
    requireOk(await world.commander('library', 'remove', COUNT_RUN.filename));
  });

  test('gives a service to an agent, follows its log, updates it, and takes it away without a trace', async () => {
    const { world, agent } = await startWorld();
    const scriptPath = writeScript(world.dir, SAY_FOREVER);
    await world.addToLibrary(scriptPath, '--kind', 'service', '--name', 'web', '--stop-grace', '1s');
    requireOk(await world.commander('services', 'assign', 'web', '--agent', agent.agentID));
    const older = await running(world, () => true);

    const following = world.start('services', 'logs', 'web', '--follow');
    await following.said(() => /(still here\s*){2}/.exec(following.stdout)?.[0], 'two lines');
    const read = await world.commander('services', 'logs', 'web');
    expect(read).toMatchObject({ code: 0, stdout: expect.stringContaining('still here') as unknown });

    writeFileSync(scriptPath, SAY_FOREVER.content.replace('still here', 'something newer'));
    requireOk(await world.commander('library', 'update', SAY_FOREVER.filename, '--file', scriptPath));
    const newer = await running(world, ({ archive }) => archive !== older.archive);
    expect(newer.pid).not.toBe(older.pid);
    await following.said(() => /something newer/.exec(following.stdout)?.[0], 'the newer lines');

    requireOk(await world.commander('services', 'remove', 'web', '--agent', agent.agentID));
    expect(await following.outcome()).toMatchObject({ code: 0, stderr: 'The service "web" was removed\n' });
    await waitFor(() => servicesOf(agent).length + archivesOf(agent).length === 0, {
      what: 'nothing on disk',
      timeoutMs: 30_000,
    });
  });

  test('is refused what no endpoint could keep, with the reason', async () => {
    const world = new PackedWorld(onEnd);
    await world.startServer();
    const scriptPath = writeScript(world.dir, COUNT_RUN);
    for (const [flags, reason] of REFUSED) {
      const added = await world.commander('library', 'add', scriptPath, ...flags);
      expect(added).toMatchObject({ stdout: '', stderr: expect.stringContaining(reason) as unknown });
      expect(added.code).not.toBe(0);
    }
    expect(await world.ask('library', 'list')).toEqual({ library: [] });
  });
});

const REFUSED: readonly (readonly [flags: readonly string[], reason: string])[] = [
  [['--kind', 'task', '--cron', '61 * * * *'], 'Cannot understand the cron line "61 * * * *"'],
  [
    ['--kind', 'task', '--cron', '0 8 * * *', '--time-zone', 'Europe/Atlantis'],
    'There is no time zone "Europe/Atlantis"',
  ],
  [['--kind', 'task', '--at', '2020-01-01T00:00:00Z'], '"2020-01-01T00:00:00Z" is in the past'],
  [['--kind', 'task'], 'A task needs a schedule'],
  [['--kind', 'service', '--name', 'a', '--depends-on', 'a'], 'It depends on itself: a -> a'],
  [['--kind', 'service', '--filename', 'other.sh'], '"other.sh" is not at the top of the archive'],
];

async function startWorld(): Promise<{ world: PackedWorld; agent: PackedAgent }> {
  const world = new PackedWorld(onEnd);
  await world.startServer();
  const agent = await world.enrollAgent('endpoint');
  await agent.connect();
  return { world, agent };
}

/** The service once it runs as it should. */
async function running(world: PackedWorld, isRight: (unit: UnitView) => boolean): Promise<UnitView> {
  return await waitFor(
    async () => {
      const [unit] = (await world.ask<{ units: UnitView[] }>('services', 'show', 'web')).units;
      return unit?.state === 'running' && isRight(unit) ? unit : undefined;
    },
    { what: 'the running service', timeoutMs: 30_000, everyMs: 200 },
  );
}

function servicesOf(agent: PackedAgent): string[] {
  return namesIn(join(agent.stateDir, 'services'));
}

function archivesOf(agent: PackedAgent): string[] {
  return namesIn(join(agent.stateDir, 'archives'));
}

function namesIn(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}
