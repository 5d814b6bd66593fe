import type { JobAssignment } from '../../protocol/schemas/job.ts';

/** A larger push is cut by the original at 4 MB, and every push competes with pings for the socket: many small ones do better. */
export const MAX_PUSH_BYTES = 256 * 1024;

export interface Push {
  jobIDs: string[];
  frame: string;
}

const ORIGINAL_FIELDS = [
  'jobID',
  'executor',
  'filename',
  'description',
  'os',
  'user',
  'timeCreated',
  'argv',
] as const;

/** The eight fields that the original pushes, in its order; unset ones are absent, never null. */
export function originalFields<Fields extends Partial<Record<(typeof ORIGINAL_FIELDS)[number], unknown>>>(
  fields: Fields,
): Pick<Fields, (typeof ORIGINAL_FIELDS)[number] & keyof Fields> {
  const set = ORIGINAL_FIELDS.filter((name) => fields[name] !== undefined);
  return Object.fromEntries(set.map((name) => [name, fields[name]])) as typeof fields;
}

/** Frames of at most `MAX_PUSH_BYTES` each (unless one job alone is larger), in the order of the jobs. */
export function* packPushes(assignments: Iterable<JobAssignment>): Generator<Push> {
  let jobIDs: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  for (const assignment of assignments) {
    const text = JSON.stringify(assignment);
    const size = Buffer.byteLength(text);
    if (texts.length > 0 && bytes + size > MAX_PUSH_BYTES) {
      yield { jobIDs, frame: frameOf(texts) };
      [jobIDs, texts, bytes] = [[], [], 0];
    }
    jobIDs.push(assignment.jobID);
    texts.push(text);
    bytes += size + 1;
  }
  if (texts.length > 0) yield { jobIDs, frame: frameOf(texts) };
}

function frameOf(texts: readonly string[]): string {
  return `{"jobs":[${texts.join(',')}]}`;
}
