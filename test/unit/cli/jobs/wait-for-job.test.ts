import { describe, expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import { waitForJob } from '../../../../src/cli/jobs/wait-for-job.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import type { JobView } from '../../../../src/protocol/schemas/admin.ts';
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

async function wait(answers: Answer[]) {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer('GET /admin/jobs/j1', () => answers.shift() ?? { status: 500 });
  const client = new AdminClient({ server: server.url, roots: [server.authority.rootPem] });
  const { clock, sleeps } = jumpingClock();
  const states: string[] = [];
  const onState = ({ state }: JobView) => void states.push(state);
  return { job: waitForJob('j1', { client, clock, onState }), states, sleeps };
}

test('each state is announced once, and the finished job comes back', async () => {
  const queued = { json: sampleQueuedJob() };
  const running = { json: sampleQueuedJob({ state: 'running' }) };
  const { job, states } = await wait([queued, queued, running, running, { json: sampleJob() }]);
  await expect(job).resolves.toEqual(sampleJob());
  expect(states).toEqual(['queued', 'running', 'finished']);
});

describe('the pauses', () => {
  test('grow with the time waited, from 25 ms to a second', async () => {
    const queued = Array.from({ length: 100 }, () => ({ json: sampleQueuedJob() }));
    const { job, sleeps } = await wait([...queued, { json: sampleJob() }]);
    await job;
    expect([sleeps.at(0), sleeps.at(-1)]).toEqual([25, 1000]);
    expect(sleeps).toEqual([...sleeps].sort((a, b) => a - b));
  });
});

test('when the server goes away, the way back to the job is told', async () => {
  const { job } = await wait([{ json: sampleQueuedJob() }]);
  await expect(job).rejects.toMatchObject({
    code: 'SERVER_ERROR',
    message: 'Stopped waiting; "commander jobs show j1" tells how the job goes on',
  });
});
