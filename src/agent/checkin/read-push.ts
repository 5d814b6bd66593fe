import { describeError } from '../../lib/errors.ts';
import {
  validateArchivesFrame,
  validateCancelFrame,
  validateDesiredFrame,
  validateFollowFrame,
  validateJobsFrame,
} from '../../protocol/generated/frames.js';
import { validateJobAssignment } from '../../protocol/generated/job.js';
import type { DesiredFrame, FollowFrame } from '../../protocol/schemas/frames.ts';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import { parse } from '../../protocol/validate.ts';

/** What the server said in one message. */
export type ServerMessage =
  | {
      readonly kind: 'jobs';
      readonly jobs: readonly JobAssignment[];
      readonly rejected: readonly RejectedJob[];
    }
  /** By their hash, which has not been checked. */
  | { readonly kind: 'archives'; readonly archives: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'cancel'; readonly jobIDs: readonly string[] }
  | DesiredFrame
  | FollowFrame
  /** From a newer server; to be ignored. */
  | { readonly kind: 'unknown' };

/** An assignment that must not be carried out, such as one whose file name is a path. */
export interface RejectedJob {
  readonly problem: string;
  /** As it came; for the log only. */
  readonly jobID: unknown;
  readonly filename: unknown;
}

/** Never throws: nothing that comes over the wire may end the connection that other work comes over. */
export function readServerMessage(text: string): ServerMessage {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return { kind: 'unknown' };
  }
  if (validateArchivesFrame(frame)) return { kind: 'archives', archives: decode(frame.archives) };
  if (validateCancelFrame(frame)) return { kind: 'cancel', jobIDs: frame.jobIDs };
  if (validateDesiredFrame(frame) || validateFollowFrame(frame)) return frame;
  if (!validateJobsFrame(frame)) return { kind: 'unknown' };
  return { kind: 'jobs', ...sortOut(frame.jobs) };
}

function decode(archives: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  return new Map(Object.entries(archives).map(([sha256, text]) => [sha256, Buffer.from(text, 'base64')]));
}

/** One by one, for a bad one must not hide the good ones. */
function sortOut(assignments: readonly unknown[]): { jobs: JobAssignment[]; rejected: RejectedJob[] } {
  const jobs: JobAssignment[] = [];
  const rejected: RejectedJob[] = [];
  for (const assignment of assignments) {
    try {
      jobs.push(parse(validateJobAssignment, assignment, 'The assignment'));
    } catch (error) {
      const { jobID, filename } = (assignment ?? {}) as Record<string, unknown>;
      rejected.push({ problem: describeError(error), jobID, filename });
    }
  }
  return { jobs, rejected };
}
