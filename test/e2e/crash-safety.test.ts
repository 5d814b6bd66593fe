import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JobView } from '../../src/protocol/schemas/admin/jobs.ts';
import type { JobPhase } from '../../src/store/agent/job-journal.ts';
import { readAgentStore } from '../../src/store/agent/read-agent-store.ts';
import { COUNT_AND_WAIT, COUNT_RUN, writeScript } from '../support/job-scripts.ts';
import { strikeAtPhase } from '../support/kill-at-phase.ts';
import type { PackedAgent } from '../support/packed-world.ts';
import { useWorld } from '../support/use-world.ts';
import { waitFor } from '../support/wait-for.ts';

/** FAULTS 1 and 24: whatever is killed and whenever, each job ends with one result and has run at most once. */
const world = useWorld(async (it) => {
  for (const script of [COUNT_RUN, COUNT_AND_WAIT]) await it.addToLibrary(writeScript(it.dir, script));
});
let agent: PackedAgent;
let runsPath: string;

beforeAll(async () => {
  agent = await world().enrollAgent('endpoint');
  runsPath = join(world().dir, 'runs');
});

beforeEach(() => rmSync(runsPath, { force: true }));
afterEach(() => agent.kill());

/** How often each job has run, as the jobs themselves have written down. */
function countRuns(): Map<string, number> {
  const lines = existsSync(runsPath) ? readFileSync(runsPath, 'utf8').trim().split(/\r?\n/) : [];
  const counts = new Map<string, number>();
  for (const jobID of lines) counts.set(jobID, (counts.get(jobID) ?? 0) + 1);
  return counts;
}

/** What it says of a job must be what has happened to it. */
function expectTruth(job: JobView): void {
  const runs = countRuns().get(job.jobID) ?? 0;
  expect({ ...job, runs }).toMatchObject({
    state: 'finished',
    outcome: expect.stringMatching(/^(succeeded|interrupted)$/) as unknown,
    runs: job.outcome === 'succeeded' ? 1 : Math.min(runs, 1),
  });
}

/** Kills the agent while the journal says `phase`, and gives back the ID of the job; undefined when it was faster. */
async function killAt(
  phase: JobPhase,
  ...[filename, ...args]: [string, ...string[]]
): Promise<string | undefined> {
  const jobID = await world().assign(filename, agent.agentID, ...args);
  agent.start();
  const { stateDir } = agent;
  strikeAtPhase({ stateDir, jobID, phase }, () => agent.killNow());
  await agent.kill();
  const left = readAgentStore(stateDir).recentJobs[0];
  if (left?.jobID === jobID && left.phase === phase) return jobID;
  await agent.connect();
  expectTruth(await world().finished(jobID));
  await agent.kill();
  return undefined;
}

describe('the agent, killed right after it has committed', () => {
  test.each<JobPhase>(['accepted', 'fetched', 'extracted', 'exited', 'reported'])(
    '"%s", goes on from there at its next start: one run, one result',
    async (phase) => {
      const what = `a kill within "${phase}"`;
      const tryOnce = (): Promise<string | undefined> => killAt(phase, COUNT_RUN.filename, runsPath);
      const jobID = await waitFor(tryOnce, { what, timeoutMs: 60_000 });
      agent.start();
      expect(await world().finished(jobID)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
      expect(countRuns().get(jobID)).toBe(1);
      await waitFor(() => readAgentStore(agent.stateDir).recentJobs[0]?.phase === 'cleaned', {
        what: 'the end',
      });
      expect(readdirSync(join(agent.stateDir, 'jobs'))).toEqual([]);
    },
    90_000,
  );

  test('"running", reports the job as interrupted at its next start, and does not run it again', async () => {
    const args = [COUNT_AND_WAIT.filename, runsPath, join(world().dir, 'never')] as const;
    const tryOnce = (): Promise<string | undefined> => killAt('running', ...args);
    const jobID = await waitFor(tryOnce, { what: 'a kill while the program runs' });
    agent.start();
    const job = await world().finished(jobID);
    expect(job).toMatchObject({ outcome: 'interrupted', reason: expect.any(String) as unknown });
    expectTruth(job);
  });

  test('and killed again and again while a job runs, ends what is left of it and reports it once', async () => {
    const goAhead = join(world().dir, 'never');
    const jobID = await world().assign(COUNT_AND_WAIT.filename, agent.agentID, runsPath, goAhead);
    agent.start();
    await waitFor(() => countRuns().has(jobID), { what: 'the program' });
    for (let kills = 0; kills < 3; kills++) {
      await agent.kill();
      agent.start();
    }
    const job = await world().finished(jobID);
    expect(job).toMatchObject({ outcome: 'interrupted', reason: expect.any(String) as unknown });
    expect(countRuns().get(jobID)).toBe(1);
  });
});

describe('the agent, killed 40 times at any moment', () => {
  test('ends every job with one result and at most one run', async () => {
    const jobIDs: string[] = [];
    for (let kills = 0; kills < 40; kills++) {
      if (kills % 2 === 0) jobIDs.push(await world().assign(COUNT_RUN.filename, agent.agentID, runsPath));
      agent.start();
      await delay(60 + Math.random() * 400);
      await agent.kill();
    }
    await agent.connect();
    for (const jobID of jobIDs) expectTruth(await world().finished(jobID));
    expect([...countRuns().values()].every((runs) => runs === 1)).toBe(true);
    expect(countRuns().size).toBeGreaterThan(jobIDs.length / 2);
    await waitFor(() => readAgentStore(agent.stateDir).held === 0, { what: 'an empty journal' });
  }, 120_000);
});

describe('the server, killed', () => {
  test('while a job runs, gets its result when it is back', async () => {
    const goAhead = join(world().dir, 'go-1');
    const jobID = await world().assign(COUNT_AND_WAIT.filename, agent.agentID, runsPath, goAhead);
    await agent.connect();
    await waitFor(() => countRuns().has(jobID), { what: 'the program' });
    await world().killServer();
    writeFileSync(goAhead, '');
    await waitFor(() => readAgentStore(agent.stateDir).unreported === 1, { what: 'a result that waits' });
    await world().startServer();
    expect(await world().finished(jobID)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
    expect(countRuns().get(jobID)).toBe(1);
  });

  test('together with the agent whose result waits, gets it when both are back', async () => {
    const goAhead = join(world().dir, 'go-2');
    const jobID = await world().assign(COUNT_AND_WAIT.filename, agent.agentID, runsPath, goAhead);
    await agent.connect();
    await waitFor(() => countRuns().has(jobID), { what: 'the program' });
    await world().killServer();
    writeFileSync(goAhead, '');
    await waitFor(() => readAgentStore(agent.stateDir).unreported === 1, { what: 'a result that waits' });
    await agent.kill();
    await world().startServer();
    agent.start();
    expect(await world().finished(jobID)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
    expect(countRuns().get(jobID)).toBe(1);
  });

  test('ten times at any moment while jobs come and go, forgets none and records none twice', async () => {
    await agent.connect();
    const jobIDs: string[] = [];
    for (let kills = 0; kills < 10; kills++) {
      jobIDs.push(await world().assign(COUNT_RUN.filename, agent.agentID, runsPath));
      await delay(Math.random() * 60);
      await world().killServer();
      await world().startServer();
    }
    for (const jobID of jobIDs) expect(await world().finished(jobID)).toMatchObject({ outcome: 'succeeded' });
    expect(countRuns()).toEqual(new Map(jobIDs.map((jobID) => [jobID, 1])));
  }, 120_000);
});
