import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JobView } from '../../src/protocol/schemas/admin/jobs.ts';
import { useCleanup } from '../support/cleanup.ts';
import { COUNT_RUN, SAY_AND_EXIT, writeScript } from '../support/job-scripts.ts';
import { PackedWorld, requireOk } from '../support/packed-world.ts';
import { waitFor } from '../support/wait-for.ts';

const onEnd = useCleanup();

describe('the packed executables', () => {
  test('take one job from an admin to an endpoint and back, and leave nothing of it there', async () => {
    const world = new PackedWorld(onEnd);
    await world.startServer();
    const agent = await world.enrollAgent('endpoint');
    await agent.connect();
    expect(await world.agents()).toMatchObject([{ agentID: agent.agentID, connected: true, protocol: 2 }]);

    await world.addToLibrary(writeScript(world.dir, SAY_AND_EXIT), '--description', 'says what it is told');
    const waited = await world.commander(
      ...['jobs', 'assign', SAY_AND_EXIT.filename, '--agent', agent.agentID, '--wait'],
      ...['--', '3', 'héllo', 'wörld'],
    );
    expect(waited).toMatchObject({ code: 9, stdout: expect.stringContaining('héllo wörld') as unknown });
    expect(waited.stderr).toContain('complaint');

    const [job] = await world.jobs();
    expect(job).toMatchObject({ state: 'finished', outcome: 'failed', exitCode: 3, agentID: agent.agentID });
    const shown = await world.job(job?.jobID ?? '');
    expect(shown.stdout?.trim()).toBe('héllo wörld');
    expect(Object.keys(shown.phaseTimes ?? {})).toEqual([
      'accepted',
      'fetched',
      'extracted',
      'running',
      'exited',
    ]);
    await waitFor(async () => (await agent.status()).jobs.recent[0]?.phase === 'cleaned', {
      what: 'clean-up',
    });
    expect(readdirSync(join(agent.stateDir, 'jobs'))).toEqual([]);

    expect(await agent.stop()).toMatchObject({ code: 0, stderr: '' });
    expect(await agent.status()).toMatchObject({ state: 'stopped', jobs: { active: 0, unreported: 0 } });
    expect(await world.stopServer()).toMatchObject({ code: 0 });
  });

  test('two agents on one machine each do what is theirs, and a third cannot share a state folder', async () => {
    const world = new PackedWorld(onEnd);
    await world.startServer();
    const token = await world.joinToken();
    const agents = [
      await world.enrollAgent('first', token),
      await world.enrollAgent('second', token),
    ] as const;
    await Promise.all(agents.map((agent) => agent.connect()));
    await world.addToLibrary(writeScript(world.dir, COUNT_RUN));

    const jobs = await Promise.all(
      agents.map((agent) =>
        world.ask<{ jobs: [JobView] }>(
          ...['jobs', 'assign', COUNT_RUN.filename, '--agent', agent.agentID, '--wait'],
          ...['--json', '--', join(agent.stateDir, 'runs')],
        ),
      ),
    );
    const ran = agents.map(({ stateDir }) => readFileSync(join(stateDir, 'runs'), 'utf8').trim());
    expect(ran).toEqual(jobs.map((answer) => answer.jobs[0].jobID));

    const [first] = agents;
    const third = await first.command('run');
    expect(third).toMatchObject({ code: 7, stderr: expect.stringContaining(first.stateDir) as unknown });
    expect(await first.status()).toMatchObject({ state: 'connected' });
  });

  test('a stopped agent gets its jobs when it comes back, and a canceled one is never run', async () => {
    const world = new PackedWorld(onEnd);
    await world.startServer();
    const agent = await world.enrollAgent('endpoint');
    await world.addToLibrary(writeScript(world.dir, COUNT_RUN));
    const runsPath = join(world.dir, 'runs');
    const kept = await world.assign(COUNT_RUN.filename, agent.agentID, runsPath);
    const canceled = await world.assign(COUNT_RUN.filename, agent.agentID, runsPath);
    requireOk(await world.commander('jobs', 'cancel', canceled));
    expect(existsSync(runsPath)).toBe(false);

    await agent.connect();
    expect(await world.finished(kept)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
    expect(await world.finished(canceled)).toMatchObject({ outcome: 'canceled' });
    expect(readFileSync(runsPath, 'utf8').trim()).toBe(kept);
  });
});
