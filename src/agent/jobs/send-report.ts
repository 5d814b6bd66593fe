import { isAppError } from '../../lib/errors.ts';
import type { Job, JobChange } from '../../store/agent/job-journal.ts';
import { buildReport } from './build-report.ts';
import type { StepContext } from './step.ts';

/** exited -> reported: the server has the result, or has said that it will never take it. */
export async function sendReport(job: Job, context: StepContext): Promise<JobChange> {
  const { report, detail } = await buildReport(job, context);
  try {
    await context.server.report(report, detail, context.signal);
  } catch (error) {
    if (!isAppError(error) || error.retryable) throw error;
    context.log.error('job.report-refused', 'The server will not take the result, which is given up', {
      err: error,
    });
  }
  return { phase: 'reported' };
}
