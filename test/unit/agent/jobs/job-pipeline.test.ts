import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeJobDeps, type TestDeps } from '../../../support/job-deps.ts';
import { runPipeline } from '../../../support/running-pipeline.ts';
import { sampleAssignment } from '../../../support/sample-assignment.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { zipOf } from '../../../support/zip.ts';

const onEnd = useCleanup();

async function makeDeps(script = 'console.log("done")'): Promise<TestDeps> {
  const deps = makeJobDeps(onEnd);
  deps.server.archives.set('run.cjs', await zipOf({ 'run.cjs': script }));
  return deps;
}

function assignment(jobID: string): ReturnType<typeof sampleAssignment> {
  return sampleAssignment({ jobID, executor: 'node', filename: 'run.cjs', argv: [] });
}

test('what is accepted is in the journal on return, and done without anybody asking again', async () => {
  const deps = await makeDeps();
  const pipeline = runPipeline(onEnd, deps);
  pipeline.accept([assignment('one'), assignment('two')]);
  expect(deps.journal.holding()).toEqual(['one', 'two']);
  await Promise.all([pipeline.reached('one', 'cleaned'), pipeline.reached('two', 'cleaned')]);
  expect(deps.server.reports.map(({ report }) => [report.exitCode, report.stdout])).toEqual([
    [0, 'done\n'],
    [0, 'done\n'],
  ]);
});

/** FAULTS 2 */
test('a job that is pushed again, before or after its end, is run once', async () => {
  const deps = await makeDeps();
  const pipeline = runPipeline(onEnd, deps);
  for (let push = 0; push < 3; push++) pipeline.accept([assignment('one')]);
  await pipeline.reached('one', 'cleaned');
  pipeline.accept([assignment('one'), assignment('two')]);
  await pipeline.reached('two', 'cleaned');
  expect(deps.server.fetches).toBe(2);
  expect(deps.server.posts).toBe(2);
});

test('a cancellation ends what runs', async () => {
  const deps = await makeDeps('setInterval(() => {}, 1000)');
  const pipeline = runPipeline(onEnd, deps);
  pipeline.accept([assignment('one')]);
  await pipeline.reached('one', 'running');
  pipeline.cancel(['one', 'unknown']);
  await pipeline.reached('one', 'cleaned');
  expect(deps.server.reports).toMatchObject([{ detail: { outcome: 'canceled' } }]);
});

/** FAULTS 14 */
test('a job that waits for input gets its end at once', async () => {
  const deps = await makeDeps('console.log(require("node:fs").readFileSync(0).length)');
  const pipeline = runPipeline(onEnd, deps);
  pipeline.accept([assignment('one')]);
  await pipeline.reached('one', 'cleaned');
  expect(deps.server.reports).toMatchObject([{ report: { stdout: '0\n' } }]);
});

test('fetching and reporting go on as soon as the server is back', async () => {
  const deps = await makeDeps();
  const pipeline = runPipeline(onEnd, { ...deps, random: () => 0.999 });
  deps.server.isAway = true;
  pipeline.accept([assignment('one')]);
  await waitFor(() => deps.server.fetches > 0, { what: 'an attempt' });
  deps.server.isAway = false;
  pipeline.serverIsBack();
  await pipeline.reached('one', 'cleaned');
});

test('draining leaves what is accepted for the next start', async () => {
  const deps = await makeDeps();
  const pipeline = runPipeline(onEnd, deps);
  await pipeline.drain();
  pipeline.accept([assignment('one')]);
  await pipeline.stop();
  expect(deps.journal.get('one')?.phase).toBe('accepted');
  const next = runPipeline(onEnd, deps);
  await next.reached('one', 'cleaned');
});
