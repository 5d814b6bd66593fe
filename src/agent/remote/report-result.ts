import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { HttpClient } from '../../lib/http-client/http-client.ts';
import { errorOfReply, errorTextOf } from '../../lib/http-client/http-errors.ts';
import type { HttpReply } from '../../lib/http-client/http-reply.ts';
import { REFUSED } from '../../protocol/commander/replies.ts';
import { parseEpochTime } from '../../protocol/commander/times.ts';
import { validateHistoryPost } from '../../protocol/generated/job.js';
import type { HistoryPost, JobReport } from '../../protocol/schemas/job.ts';
import { parse } from '../../protocol/validate.ts';
import { PATHS } from '../../protocol/version.ts';

export interface ReportRun {
  readonly client: HttpClient;
  readonly agentID: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type ReportAnswer = 'recorded' | 'nothing-running';

/**
 * Sends a result, with less and less of its output while it is too large for whatever stands in front of the server.
 * @throws AppError MESSAGE_INVALID when we made it wrong: the original would drop the result and only then complain
 */
export async function postResult(body: HistoryPost, run: ReportRun): Promise<ReportAnswer> {
  for (let post = check(body); ;) {
    const reply = await send(post, run);
    const smaller = reply.status === 413 ? withLessOutput(post) : undefined;
    if (smaller === undefined) return understand(reply, run.clock);
    post = smaller;
  }
}

function check(body: HistoryPost): HistoryPost {
  const { timeEnded } = body.job;
  if (typeof timeEnded !== 'string' || parseEpochTime(timeEnded) === undefined) {
    throw new AppError(
      'MESSAGE_INVALID',
      `The result has no end time in the original's form: "${String(timeEnded)}"`,
    );
  }
  return parse(validateHistoryPost, body, 'The result');
}

async function send(json: HistoryPost, { client, agentID, signal }: ReportRun): Promise<HttpReply> {
  const headers = { 'agent-id': agentID };
  return await client.request({ method: 'POST', path: PATHS.agentHistory, headers, json, signal });
}

function understand(reply: HttpReply, clock: Clock): ReportAnswer {
  if (reply.status === 200) return 'recorded';
  if (reply.status === 400 && errorTextOf(reply) === REFUSED.nothingRunning) return 'nothing-running';
  throw errorOfReply('report the result', reply, clock.now());
}

const CUT = '\n[… cut, because the server takes no larger result …]\n';

/** Half of each output, its beginning and its end; undefined when there is nothing left to cut. */
function withLessOutput(post: HistoryPost): HistoryPost | undefined {
  const { stdout, stderr } = post.job;
  const shorter = { stdout: halve(stdout), stderr: halve(stderr) };
  const isShorter = lengthOf(shorter) < lengthOf(post.job);
  return isShorter ? { ...post, job: { ...post.job, ...shorter } } : undefined;
}

function halve(text: string | null | undefined): string | null {
  if (text === undefined || text === null) return null;
  const kept = Math.floor(text.length / 4) - CUT.length;
  if (kept <= 0) return '';
  const cut = text.slice(0, kept) + CUT + text.slice(-kept);
  return cut.toWellFormed(); // a character outside of the first plane may have been cut in two
}

function lengthOf({ stdout, stderr }: Pick<JobReport, 'stdout' | 'stderr'>): number {
  return (stdout?.length ?? 0) + (stderr?.length ?? 0);
}
