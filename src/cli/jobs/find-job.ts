import { isAppError } from '../../lib/errors.ts';
import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { pickOne } from '../pick-one.ts';

/** By ID, whole or by its beginning. @throws AppError JOB_NOT_FOUND, USAGE */
export async function findJob(client: AdminClient, text: string): Promise<JobView> {
  try {
    return await client.job(text);
  } catch (error) {
    if (!isAppError(error, 'JOB_NOT_FOUND')) throw error;
  }
  // The list may leave out what only the single job has, so it is asked for again by its whole ID.
  const jobs = await client.jobs({ limit: '1000' });
  const { jobID } = pickOne(jobs, text, {
    kind: 'job',
    notFound: 'JOB_NOT_FOUND',
    namesOf: (job) => [job.jobID],
  });
  return await client.job(jobID);
}
