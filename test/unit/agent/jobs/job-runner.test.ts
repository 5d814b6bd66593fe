import { describe, expect, test } from '@jest/globals';
import { JobRunner } from '../../../../src/agent/jobs/job-runner.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import type { Job, JobChange } from '../../../../src/store/agent/job-journal.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps, type TestDeps } from '../../../support/job-deps.ts';
import { MemoryJobJournal } from '../../../support/memory-job-journal.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { zipOf } from '../../../support/zip.ts';

const onEnd = useCleanup();

interface Running {
  readonly runner: JobRunner;
  readonly stop: () => Promise<void>;
  readonly exits: () => number;
}

function start(deps: TestDeps): Running {
  let exits = -1; // it says so once at its start, for whatever was left from before
  const runner = new JobRunner(deps, { onExited: () => (exits += 1) });
  const stopping = new AbortController();
  const loop = runner.loop(stopping.signal).catch((error: unknown) => {
    if (error !== stopping.signal.reason) throw error;
  });
  const stop = async (): Promise<void> => {
    stopping.abort(new Stopped('shutdown'));
    await loop;
  };
  onEnd(stop);
  return { runner, stop, exits: () => exits };
}

/** Jobs whose program runs until it is ended. */
async function makeTickers(deps: TestDeps, ...jobIDs: string[]): Promise<Job[]> {
  deps.server.archives.set('tick.cjs', await zipOf({ 'tick.cjs': 'setInterval(() => {}, 1000)' }));
  return jobIDs.map((jobID) => makeJob(deps, { jobID, executor: 'node', filename: 'tick.cjs', argv: [] }));
}

function inPhase(deps: TestDeps, phase: string): string[] {
  return deps.journal.recent(100).flatMap((job) => (job.phase === phase ? [job.jobID] : []));
}

async function whenIn(phase: string, count: number, deps: TestDeps): Promise<void> {
  await waitFor(() => inPhase(deps, phase).length === count, {
    what: `${count} jobs in "${phase}"`,
    everyMs: 5,
  });
}

test('jobs run side by side up to the limit, oldest first, and the next when there is room', async () => {
  const deps = makeJobDeps(onEnd, { limits: { concurrency: 2 } });
  await makeTickers(deps, 'one', 'two', 'three');
  const { runner, exits } = start(deps);
  await whenIn('running', 2, deps);
  expect(inPhase(deps, 'accepted')).toEqual(['three']);
  deps.journal.requestCancel(['one']);
  runner.cancel(['one']);
  await waitFor(() => inPhase(deps, 'running').includes('three'), { what: 'the third job' });
  expect(inPhase(deps, 'exited')).toEqual(['one']);
  expect(exits()).toBe(1);
});

test('a canceled job needs no room to be told off', async () => {
  const deps = makeJobDeps(onEnd, { limits: { concurrency: 1 } });
  await makeTickers(deps, 'running', 'waiting');
  const { runner } = start(deps);
  await whenIn('running', 1, deps);
  deps.journal.requestCancel(['waiting']);
  runner.cancel(['waiting']);
  await whenIn('exited', 1, deps);
  expect(deps.journal.get('waiting')).toMatchObject({ result: { outcome: 'canceled' } });
});

describe('a stop of the agent', () => {
  test('ends what runs as interrupted, and leaves what waits', async () => {
    const deps = makeJobDeps(onEnd, { limits: { concurrency: 1 } });
    await makeTickers(deps, 'running', 'waiting');
    const { stop } = start(deps);
    await whenIn('running', 1, deps);
    await stop();
    expect(deps.journal.get('running')).toMatchObject({
      phase: 'exited',
      result: { outcome: 'interrupted' },
    });
    expect(deps.journal.get('waiting')?.phase).toBe('accepted');
  });

  test('leaves what is being fetched where it was', async () => {
    const deps = makeJobDeps(onEnd);
    await makeTickers(deps, 'one');
    deps.server.isAway = true;
    const { stop } = start(deps);
    await waitFor(() => deps.server.fetches > 0, { what: 'an attempt' });
    await stop();
    expect(deps.journal.get('one')?.phase).toBe('accepted');
  });
});

test('draining starts nothing more, and waits for what runs', async () => {
  const deps = makeJobDeps(onEnd, { limits: { concurrency: 1 } });
  await makeTickers(deps, 'running', 'waiting');
  const { runner } = start(deps);
  await whenIn('running', 1, deps);
  let isDrained = false;
  const draining = runner.drain().then(() => (isDrained = true));
  runner.wake();
  expect(isDrained).toBe(false);
  deps.journal.requestCancel(['running']);
  runner.cancel(['running']);
  await draining;
  expect(deps.journal.get('waiting')?.phase).toBe('accepted');
});

test('a job whose handling breaks is left alone until the next start, and the others go on', async () => {
  class BreakingJournal extends MemoryJobJournal {
    attempts = 0;

    override commit(job: Job, change: JobChange): Job {
      if (job.jobID !== 'broken') return super.commit(job, change);
      this.attempts += 1;
      throw new TypeError('x is not a function');
    }
  }
  const unexpected: unknown[] = [];
  const log = { ...silentLogger, error: (_: string, __: string, fields?: object) => unexpected.push(fields) };
  log.child = () => log;
  const journal = new BreakingJournal(systemClock);
  const deps = makeJobDeps(onEnd, { journal, log });
  makeJob(deps, { jobID: 'broken' });
  makeJob(deps, { jobID: 'other' });
  const { runner } = start(deps);
  await whenIn('exited', 1, deps);
  runner.wake();
  makeJob(deps, { jobID: 'third' });
  runner.wake();
  await whenIn('exited', 2, deps);
  expect(journal.attempts).toBe(1);
  expect(unexpected).toEqual([expect.objectContaining({ unexpected: true })]);
});
