import { expect, test } from '@jest/globals';
import { pruneJournal } from '../../../../src/agent/jobs/prune-journal.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJob, makeJobDeps } from '../../../support/job-deps.ts';
import { SettableClock } from '../../../support/settable-clock.ts';

const onEnd = useCleanup();

test('jobs are remembered longer than the runs of tasks, which no server repeats', () => {
  const clock = new SettableClock();
  const deps = makeJobDeps(onEnd, { clock, limits: { rememberMs: 2000, rememberTaskRunsMs: 1000 } });
  const origin = { task: 'cleanup', dueAt: 1, attempt: 1 };
  makeJob(deps, { jobID: 'job' }, [{ phase: 'cleaned' }]);
  makeJob(deps, { jobID: 'run', origin }, [{ phase: 'cleaned' }]);
  makeJob(deps, { jobID: 'unfinished', origin });
  const known = (): string[] => deps.journal.recent(9).map(({ jobID }) => jobID);
  clock.advance(1001);
  pruneJournal(deps);
  expect(known()).toEqual(['unfinished', 'job']);
  clock.advance(1000);
  pruneJournal(deps);
  expect(known()).toEqual(['unfinished']);
});
