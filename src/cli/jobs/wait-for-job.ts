import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobView } from '../../protocol/schemas/admin.ts';
import type { AdminClient } from '../client/admin-client.ts';

export interface WaitOptions {
  client: AdminClient;
  clock: Clock;
  /** Called with each state seen for the first time; a fast job skips some. */
  onState: (job: JobView) => void;
}

const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;

/** Asks for the job until it has finished: often at first, then ever less, so that a short job is seen at once and a long one costs little. */
export async function waitForJob(jobID: string, { client, clock, onState }: WaitOptions): Promise<JobView> {
  const begun = clock.monotonic();
  for (let state: string | undefined; ;) {
    const job = await ask(client, jobID);
    if (job.state !== state) onState(job);
    if (job.state === 'finished') return job;
    state = job.state;
    const waitedMs = clock.monotonic() - begun;
    await clock.sleep(Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, waitedMs / 10)));
  }
}

async function ask(client: AdminClient, jobID: string): Promise<JobView> {
  try {
    return await client.job(jobID);
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError(
      cause.code,
      `Stopped waiting; "commander jobs show ${jobID}" tells how the job goes on`,
      { cause },
    );
  }
}
