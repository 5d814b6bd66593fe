import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleQueuedJob } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const job = sampleQueuedJob();

test('the job that the beginning of an ID means is canceled', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/jobs/aaaa', { status: 404, body: { error: 'none', code: 'JOB_NOT_FOUND' } });
  server.answer('GET /admin/jobs', { json: { jobs: [job] } });
  server.answer(`GET /admin/jobs/${job.jobID}`, { json: job });
  server.answer(`DELETE /admin/jobs/${job.jobID}`, { json: { success: 'job canceled' } });
  expect(await run(['jobs', 'cancel', 'aaaa'])).toEqual({
    code: 0,
    stdout: '',
    stderr: `Asked for the end of job ${job.jobID} on "web-1"\n`,
  });
});

test('a job that has finished cannot be canceled', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer(`GET /admin/jobs/${job.jobID}`, { json: job });
  server.answer(`DELETE /admin/jobs/${job.jobID}`, {
    status: 409,
    body: { error: 'it has finished', code: 'SERVER_REFUSED' },
  });
  expect(await run(['jobs', 'cancel', job.jobID])).toEqual({
    code: 5,
    stdout: '',
    stderr: `commander: Cannot cancel job ${job.jobID}: it has finished\n`,
  });
});
