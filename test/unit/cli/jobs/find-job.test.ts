import { expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import { findJob } from '../../../../src/cli/jobs/find-job.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleJob } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const jobs = [sampleJob(), sampleJob({ jobID: 'aaaa2222-0000-4000-8000-000000000002' })];

async function find(text: string) {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  server.answer('GET /admin/jobs', { json: { jobs: jobs.map((job) => ({ ...job, stdout: undefined })) } });
  for (const job of jobs) server.answer(`GET /admin/jobs/${job.jobID}`, { json: job });
  server.answer(`GET /admin/jobs/${text}`, { status: 404, body: { error: 'none', code: 'JOB_NOT_FOUND' } });
  for (const job of jobs) if (job.jobID === text) server.answer(`GET /admin/jobs/${text}`, { json: job });
  const client = new AdminClient({ server: server.url, roots: [server.authority.rootPem] });
  return await findJob(client, text);
}

test.each([
  ['its whole ID', jobs[0]?.jobID ?? ''],
  ['the beginning of its ID', 'aaaa1'],
])('a job is found by %s, with its output', async (_how, text) => {
  await expect(find(text)).resolves.toEqual(jobs[0]);
});

test('a beginning that several share is refused', async () => {
  await expect(find('aaaa')).rejects.toMatchObject({ code: 'USAGE' });
});

test('an unknown job is not found', async () => {
  await expect(find('bbbb')).rejects.toMatchObject({
    code: 'JOB_NOT_FOUND',
    message: 'There is no job "bbbb"',
  });
});
