import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { AdminClient } from '../client/admin-client.ts';

export interface WaitOptions {
  client: AdminClient;
  clock: Clock;
  /** Called with each state seen for the first time; a fast job skips some. */
  onState: (job: JobView) => void;
  /** How many jobs are waited for at the same time, over the few connections that a client has. */
  waiting: number;
}

/** A short job shows its phases to whoever asks often; for a long one the server holds the answer until it has finished. */
const EAGER_MS = 1000;
const PAUSE_MS = 25;
/** How late a phase of a long job may be shown. Its end is answered at once. */
const HELD_SECONDS = 2;
/** An answer that the server holds keeps a connection from others. Where more are waited for, none is held, and each is asked for seldom. */
const FEW = 4;
const MANY_PAUSE_MS = { each: 10, least: 1000 };

/** Asks for the job until it has finished. */
export async function waitForJob(
  jobID: string,
  { client, clock, onState, waiting }: WaitOptions,
): Promise<JobView> {
  const begun = clock.monotonic();
  for (let state: string | undefined; ;) {
    const isEager = clock.monotonic() - begun < EAGER_MS;
    const isHeld = !isEager && waiting <= FEW;
    const job = await ask(client, jobID, isHeld ? HELD_SECONDS : 0);
    if (job.state !== state) onState(job);
    if (job.state === 'finished') return job;
    state = job.state;
    if (waiting > FEW) await clock.sleep(Math.max(MANY_PAUSE_MS.least, waiting * MANY_PAUSE_MS.each));
    else if (isEager) await clock.sleep(PAUSE_MS);
  }
}

async function ask(client: AdminClient, jobID: string, waitSeconds: number): Promise<JobView> {
  try {
    return await client.job(jobID, { waitSeconds });
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError(
      cause.code,
      `Stopped waiting; "commander jobs show ${jobID}" tells how the job goes on`,
      { cause },
    );
  }
}
