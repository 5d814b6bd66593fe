import { expect, test } from '@jest/globals';
import { JobRunner } from '../../../../src/agent/jobs/job-runner.ts';
import { recover } from '../../../../src/agent/jobs/recover.ts';
import { runsProgram } from '../../../../src/agent/jobs/runs-program.ts';
import { runLoops } from '../../../../src/lib/loops.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps } from '../../../support/job-deps.ts';

const onEnd = useCleanup();
const UPDATE = { origin: { updateTo: '1.1.0', updateFrom: '1.0.0' } };

test('every job is the pipeline’s, but a change of version', () => {
  const deps = makeJobDeps(onEnd);
  const jobs = [
    makeJob(deps, { jobID: 'job' }),
    makeJob(deps, { jobID: 'run', origin: { task: 'nightly', dueAt: 1, attempt: 1 } }),
    makeJob(deps, { jobID: 'update', ...UPDATE }),
  ];
  expect(jobs.map(runsProgram)).toEqual([true, true, false]);
});

test.each(['accepted', 'fetched', 'extracted', 'running'] as const)(
  'neither recovery nor the runner touches an update that is %s',
  async (phase) => {
    const deps = makeJobDeps(onEnd);
    const job = makeJob(deps, { jobID: 'update', ...UPDATE }, phase === 'accepted' ? [] : [{ phase }]);
    await recover(deps);
    const runner = new JobRunner(deps, { onExited: () => undefined });
    const halt = new AbortController();
    const running = runLoops(halt.signal, { runner: async (signal) => await runner.loop(signal) });
    runner.cancel(['update']);
    await runner.drain();
    halt.abort(new Stopped('shutdown'));
    await running;
    expect(deps.journal.get(job.jobID)).toEqual(job);
  },
);
