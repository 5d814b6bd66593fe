import { expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import { waitForJob } from '../../../../src/cli/jobs/wait-for-job.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import type { JobView } from '../../../../src/protocol/schemas/admin/jobs.ts';
import { AdminServer, type Answer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleJob, sampleQueuedJob } from '../../../support/sample-views.ts';

const onEnd = useCleanup();

/** Time passes only by sleeping. */
function jumpingClock(): { clock: Clock; sleeps: number[] } {
  const sleeps: number[] = [];
  const elapsed = () => sleeps.reduce((total, ms) => total + ms, 0);
  const sleep = (ms: number) => Promise.resolve(void sleeps.push(ms));
  return { clock: { now: elapsed, monotonic: elapsed, sleep }, sleeps };
}

async function wait(answers: Answer[], { waiting = 1 } = {}) {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer('GET /admin/jobs/j1', () => answers.shift() ?? { status: 500 });
  const client = new AdminClient({ server: server.url, roots: [server.authority.rootPem] });
  const { clock, sleeps } = jumpingClock();
  const states: string[] = [];
  const onState = ({ state }: JobView) => void states.push(state);
  const asked = () => server.seen.map(({ line }) => line.replace('GET /admin/jobs/j1', ''));
  return { job: waitForJob('j1', { client, clock, onState, waiting }), states, sleeps, asked };
}

test('each state is announced once, and the finished job comes back', async () => {
  const queued = { json: sampleQueuedJob() };
  const running = { json: sampleQueuedJob({ state: 'running' }) };
  const { job, states } = await wait([queued, queued, running, running, { json: sampleJob() }]);
  await expect(job).resolves.toEqual(sampleJob());
  expect(states).toEqual(['queued', 'running', 'finished']);
});

test('a job that takes longer than a second is asked for by requests that the server holds', async () => {
  const queued = Array.from({ length: 45 }, () => ({ json: sampleQueuedJob() }));
  const { job, sleeps, asked } = await wait([...queued, { json: sampleJob() }]);
  await job;
  expect(new Set(sleeps)).toEqual(new Set([25]));
  expect(asked()).toEqual([...Array<string>(40).fill(''), ...Array<string>(6).fill('?waitSeconds=2')]);
});

test.each([
  [5, 1000],
  [2000, 20_000],
])(
  'beside many others a job holds no connection: of %i, each is asked for every %i ms',
  async (waiting, ms) => {
    const queued = Array.from({ length: 3 }, () => ({ json: sampleQueuedJob() }));
    const { job, sleeps, asked } = await wait([...queued, { json: sampleJob() }], { waiting });
    await job;
    expect(sleeps).toEqual([ms, ms, ms]);
    expect(asked()).toEqual(['', '', '', '']);
  },
);

test('when the server goes away, the way back to the job is told', async () => {
  const { job } = await wait([{ json: sampleQueuedJob() }]);
  await expect(job).rejects.toMatchObject({
    code: 'SERVER_ERROR',
    message: 'Stopped waiting; "commander jobs show j1" tells how the job goes on',
  });
});
