import { formatEpochTime, parseEpochTime } from '../../protocol/commander/times.ts';
import type { JobRecord, JobStore } from '../../store/server/job-store.ts';

const DAY_MS = 24 * 60 * 60_000;

/**
 * The agent's finished jobs of the last days, each as JSON text, oldest first, as the original lists them. It reads the time
 * from `timeEnded` and fails for ever at one it cannot read; we then take the time at which the result came.
 */
export async function listHistory(
  jobs: Pick<JobStore, 'list'>,
  { agentID, daysAgo, now }: { agentID: string; daysAgo: number; now: number },
): Promise<string[]> {
  const since = now - daysAgo * DAY_MS;
  const finished = await jobs.list({
    agentID,
    states: ['finished'],
    finishedSince: since,
    withOutput: true,
  });
  return finished
    .filter((job) => endOf(job) > since)
    .reverse()
    .map(formatRecord);
}

function endOf({ result, finishedAt = 0 }: JobRecord): number {
  return parseEpochTime(result?.timeEnded ?? '') ?? finishedAt;
}

function formatRecord(job: JobRecord): string {
  const { stdout, stderr, reported } = job.result ?? {};
  return JSON.stringify({
    ...reported,
    timeEnded: reportedEnd(job),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
  });
}

function reportedEnd({ result, finishedAt = 0 }: JobRecord): string {
  const text = result?.timeEnded ?? '';
  return parseEpochTime(text) === undefined ? formatEpochTime(finishedAt) : text;
}
