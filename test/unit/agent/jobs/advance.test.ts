import { describe, expect, test } from '@jest/globals';
import { advance, isActive } from '../../../../src/agent/jobs/advance.ts';
import type { StepContext } from '../../../../src/agent/jobs/step.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import type { Job, JobChange, JobPhase } from '../../../../src/store/agent/job-journal.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps, makeStepContext, type TestDeps } from '../../../support/job-deps.ts';
import { MemoryJobJournal } from '../../../support/memory-job-journal.ts';
import { zipOf } from '../../../support/zip.ts';

const onEnd = useCleanup();

async function takeFurther(job: Job, deps: TestDeps, more: Partial<StepContext> = {}): Promise<Job> {
  if (!isActive(job)) throw new Error('The job is over');
  return await advance(job, makeStepContext(deps, more));
}

async function takeToTheEnd(job: Job, deps: TestDeps): Promise<JobPhase[]> {
  const phases: JobPhase[] = [job.phase];
  for (let current = job; isActive(current);) {
    current = await takeFurther(current, deps);
    expect(deps.journal.get(job.jobID)).toEqual(current);
    phases.push(current.phase);
  }
  return phases;
}

test('a job goes through all phases, each committed and announced', async () => {
  const deps = makeJobDeps(onEnd);
  const job = makeJob(deps, { jobID: 'one', executor: 'node', filename: 'run.cjs' });
  deps.server.archives.set('run.cjs', await zipOf({ 'run.cjs': 'console.log("done")' }));
  await expect(takeToTheEnd(job, deps)).resolves.toEqual([
    ...['accepted', 'fetched', 'extracted', 'running', 'exited', 'reported', 'cleaned'],
  ]);
  expect(deps.server.announced).toEqual(['one fetched', 'one extracted', 'one running', 'one exited']);
  expect(deps.server.reports).toMatchObject([{ report: { stdout: 'done\n', exitCode: 0 } }]);
});

test('work that fails goes straight to its report', async () => {
  const deps = makeJobDeps(onEnd);
  await expect(takeToTheEnd(makeJob(deps), deps)).resolves.toEqual([
    'accepted',
    'exited',
    'reported',
    'cleaned',
  ]);
  expect(deps.server.reports).toMatchObject([
    { detail: { outcome: 'fetch-failed', errorCode: 'SERVER_REFUSED' } },
  ]);
});

describe('a job that was canceled', () => {
  const EXITED: JobChange = {
    phase: 'exited',
    result: { outcome: 'succeeded', exitCode: 0, stdoutBytes: 0, stderrBytes: 0 },
  };

  test.each<[string, JobChange[]]>([
    ['accepted', []],
    ['fetched', [{ phase: 'fetched' }]],
    ['extracted', [{ phase: 'extracted' }]],
    ['running', [{ phase: 'running' }]],
  ])('in "%s" is not begun', async (_, changes) => {
    const deps = makeJobDeps(onEnd);
    const job = makeJob(deps, {}, changes);
    deps.journal.requestCancel([job.jobID]);
    const canceled = deps.journal.get(job.jobID) ?? job;
    await expect(takeFurther(canceled, deps)).resolves.toMatchObject({
      phase: 'exited',
      result: { outcome: 'canceled', reason: 'Canceled before it was started' },
    });
  });

  test('after its end is reported as what it was', async () => {
    const deps = makeJobDeps(onEnd);
    const job = { ...makeJob(deps, {}, [EXITED]), cancelRequested: true };
    await takeFurther(job, deps);
    expect(deps.server.reports).toMatchObject([{ detail: { outcome: 'succeeded' } }]);
  });
});

/** FAULTS 18: a journal that cannot be written holds the job up, and loses nothing. */
describe('while the disk is full', () => {
  class FullDiskJournal extends MemoryJobJournal {
    refusals = 0;

    override commit(job: Job, change: JobChange): Job {
      if (this.refusals-- > 0)
        throw new AppError('STATE_UNWRITABLE', 'The disk is full', { retryable: true });
      return super.commit(job, change);
    }
  }

  function makeFull(): { deps: TestDeps; job: Job; journal: FullDiskJournal } {
    const journal = new FullDiskJournal(systemClock);
    const deps = makeJobDeps(onEnd, { journal, random: () => 0.01 });
    return { deps, journal, job: makeJob(deps) };
  }

  test('what has been done waits to be written, also when the job is to end', async () => {
    const { deps, journal, job } = makeFull();
    journal.refusals = 3;
    const signal = AbortSignal.abort(new Stopped('job-canceled'));
    await expect(takeFurther(job, deps, { signal })).resolves.toMatchObject({
      result: { outcome: 'canceled' },
    });
    expect(journal.refusals).toBe(-1);
  });

  test('a stop of the agent is not held up', async () => {
    const { deps, journal, job } = makeFull();
    journal.refusals = Infinity;
    const stopping = AbortSignal.abort(new Stopped('shutdown'));
    await expect(takeFurther(job, deps, { stopping })).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  });
});
