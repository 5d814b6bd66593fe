import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createJobPipeline } from '../../../../src/agent/jobs/job-pipeline.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { runLoops } from '../../../../src/lib/loops.ts';
import type { Job, JobChange, JobJournal, JobPhase } from '../../../../src/store/agent/job-journal.ts';
import { openAgentStore, type AgentStore } from '../../../../src/store/agent/open-agent-store.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJobDeps } from '../../../support/job-deps.ts';
import { RecordingJobServer } from '../../../support/recording-job-server.ts';
import { runPipeline } from '../../../support/running-pipeline.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';
import { zipOf } from '../../../support/zip.ts';

const onEnd = useCleanup();
const SCRIPT = 'require("node:fs").appendFileSync(process.argv[2], "ran\\n"); console.log("done")';

/** Dies as a process does: right after a commit, with nothing done any more from then on. */
function dyingAfter(phase: JobPhase, store: AgentStore): { journal: JobJournal; died: Promise<undefined> } {
  const { promise: died, resolve } = Promise.withResolvers<undefined>();
  let isDead = false;
  const whileAlive = <A extends unknown[], R>(method: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      if (isDead) throw new Error('dead');
      return method(...args);
    };
  };
  const { journal } = store;
  return {
    died,
    journal: {
      accept: whileAlive((assignments) => journal.accept(assignments)),
      get: whileAlive((jobID) => journal.get(jobID)),
      active: whileAlive((filter) => journal.active(filter)),
      holding: whileAlive(() => journal.holding()),
      startOver: whileAlive((job) => journal.startOver(job)),
      requestCancel: whileAlive((jobIDs) => journal.requestCancel(jobIDs)),
      recent: whileAlive((limit) => journal.recent(limit)),
      prune: whileAlive((before) => journal.prune(before)),
      commit: whileAlive((job: Job, change: JobChange) => {
        const next = journal.commit(job, change);
        if (change.phase !== phase) return next;
        isDead = true;
        resolve(undefined);
        throw new Error('dead');
      }),
    },
  };
}

interface World {
  readonly stateDir: string;
  readonly server: RecordingJobServer;
  readonly ranPath: string;
}

async function makeWorld(): Promise<World> {
  const stateDir = makeTempDir(onEnd);
  const server = new RecordingJobServer();
  server.archives.set('run.cjs', await zipOf({ 'run.cjs': SCRIPT }));
  return { stateDir, server, ranPath: join(stateDir, 'ran') };
}

function openStore({ stateDir }: World): AgentStore {
  return openAgentStore(stateDir, { clock: systemClock, log: silentLogger });
}

function assignmentIn({ ranPath }: World): ReturnType<typeof sampleAssignment> {
  return sampleAssignment({ jobID: 'one', executor: 'node', filename: 'run.cjs', argv: [ranPath] });
}

function acceptAndDie(world: World): void {
  const store = openStore(world);
  store.journal.accept([assignmentIn(world)]);
  store.close();
}

/** An agent that dies in the middle of it. */
async function liveUntil(phase: JobPhase, world: World): Promise<void> {
  const store = openStore(world);
  const { journal, died } = dyingAfter(phase, store);
  const deps = makeJobDeps(onEnd, { journal, server: world.server, workDir: join(world.stateDir, 'jobs') });
  const pipeline = createJobPipeline(deps);
  pipeline.accept([assignmentIn(world)]);
  const stop = new AbortController();
  const loops = runLoops(stop.signal, { ...pipeline.loops }).catch(() => undefined); // the dead complain
  await died;
  stop.abort();
  await loops;
  store.close();
}

/** The next agent on the same state, until it has nothing left to do. */
async function liveOn(world: World): Promise<void> {
  const store = openStore(world);
  const deps = makeJobDeps(onEnd, {
    journal: store.journal,
    server: world.server,
    workDir: join(world.stateDir, 'jobs'),
  });
  const pipeline = runPipeline(onEnd, deps);
  await pipeline.reached('one', 'cleaned');
  // The server has heard no ack, perhaps, and pushes again.
  pipeline.accept([assignmentIn(world)]);
  expect(store.journal.holding()).toEqual([]);
  await pipeline.stop();
  store.close();
}

function timesRun({ ranPath }: World): number {
  return existsSync(ranPath) ? readFileSync(ranPath, 'utf8').split('\n').length - 1 : 0;
}

/** FAULTS 1: whenever the agent dies, the job ends once, is reported once, and runs at most once. */
describe('an agent that dies after the commit of', () => {
  const SUCCEEDED = { outcome: 'succeeded', runs: 1 };
  test.each<[JobPhase, { outcome: string; runs: number }]>([
    ['fetched', SUCCEEDED],
    ['extracted', SUCCEEDED],
    ['running', { outcome: 'interrupted', runs: 0 }],
    ['exited', SUCCEEDED],
    ['reported', SUCCEEDED],
    ['cleaned', SUCCEEDED],
  ])('"%s" comes to %j', async (phase, { outcome, runs }) => {
    const world = await makeWorld();
    await liveUntil(phase, world);
    await liveOn(world);
    expect(world.server.reports).toMatchObject([{ report: { jobID: 'one' }, detail: { outcome } }]);
    expect(timesRun(world)).toBe(runs);
    expect(readdirSync(join(world.stateDir, 'jobs'))).toEqual([]);
  });

  test('its acceptance runs the job', async () => {
    const world = await makeWorld();
    acceptAndDie(world);
    await liveOn(world);
    expect(timesRun(world)).toBe(1);
    expect(world.server.reports).toMatchObject([{ detail: { outcome: 'succeeded' } }]);
  });
});

test('dying again and again in one phase after the other still comes to one end', async () => {
  const world = await makeWorld();
  for (const phase of ['fetched', 'extracted', 'fetched', 'exited', 'reported'] as const)
    await liveUntil(phase, world);
  await liveOn(world);
  expect(timesRun(world)).toBe(1);
  expect(world.server.reports).toHaveLength(1);
});

/** FAULTS 3: the result came through, its confirmation did not. */
test('a result whose confirmation was lost is sent again, and is one', async () => {
  const world = await makeWorld();
  const take = world.server.report.bind(world.server);
  let answersLost = 0;
  world.server.report = async (...args) => {
    await take(...args);
    if (answersLost++ < 2) throw new Error('connection reset');
  };
  acceptAndDie(world);
  await liveOn(world);
  expect(world.server.posts).toBe(3);
  expect(world.server.reports).toHaveLength(1);
});
