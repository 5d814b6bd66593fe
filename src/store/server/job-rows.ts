import type { SQLInputValue } from 'node:sqlite';
import type { JobAssignment } from '../../protocol/schemas/job.ts';
import { fromRow, type Row } from '../row.ts';
import { UNFINISHED_STATES, type JobFilter, type JobRecord, type JobResultRecord } from './job-store.ts';

const NO_LIMIT = -1;
const ALL_STATES = [...UNFINISHED_STATES, 'finished'] as const;

interface Query {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

/** All but `seq`, which is nobody's business. */
export const JOB_COLUMNS =
  'jobs.jobID, agentID, assignment, state, createdAt, acceptedAt, finishedAt, cancelRequestedAt, result';

interface JobColumns extends Omit<JobRecord, 'assignment' | 'result'> {
  readonly assignment: string;
  readonly result?: string;
  readonly stdout?: string;
  readonly stderr?: string;
}

export function toJob(row: Row): JobRecord {
  const { assignment, result, stdout, stderr, ...job } = fromRow(row) as JobColumns;
  return {
    ...job,
    assignment: JSON.parse(assignment) as JobAssignment,
    ...(result === undefined
      ? {}
      : {
          result: {
            ...(JSON.parse(result) as JobResultRecord),
            ...(stdout === undefined ? {} : { stdout }),
            ...(stderr === undefined ? {} : { stderr }),
          },
        }),
  };
}

/**
 * Newest first, in time that depends on the limit and not on how many jobs there are: the newest of each state come from
 * an index in order, and only those few are merged.
 */
export function listJobsSql(filter: JobFilter): Query {
  const { limit = NO_LIMIT, withOutput = false } = filter;
  const newest = filter.finishedSince === undefined ? newestOfStates(filter) : newestOfEnded(filter);
  return {
    sql: `
      SELECT ${JOB_COLUMNS}${withOutput ? ', stdout, stderr' : ''}
      FROM jobs ${withOutput ? 'LEFT JOIN jobOutputs USING (jobID)' : ''}
      WHERE seq IN (${newest.map(({ sql }) => `SELECT seq FROM (${sql})`).join(' UNION ALL ')})
      ORDER BY seq DESC LIMIT ?`,
    parameters: [...newest.flatMap(({ parameters }) => parameters), limit],
  };
}

function newestOfStates({ states = ALL_STATES, agentID, limit = NO_LIMIT }: JobFilter): Query[] {
  const ofAgent = agentID === undefined ? '' : 'AND agentID = ?';
  return states.map((state) => ({
    sql: `SELECT seq FROM jobs WHERE state = ? ${ofAgent} ORDER BY seq DESC LIMIT ?`,
    parameters: [state, ...(agentID === undefined ? [] : [agentID]), limit],
  }));
}

/** The last to end are not always the last assigned; `limit` keeps those. */
function newestOfEnded({
  states = ALL_STATES,
  agentID,
  finishedSince = 0,
  limit = NO_LIMIT,
}: JobFilter): Query[] {
  if (!states.includes('finished')) return [];
  const ofAgent = agentID === undefined ? '' : 'AND agentID = ?';
  return [
    {
      sql: `SELECT seq FROM jobs WHERE finishedAt >= ? ${ofAgent} ORDER BY finishedAt DESC LIMIT ?`,
      parameters: [finishedSince, ...(agentID === undefined ? [] : [agentID]), limit],
    },
  ];
}
