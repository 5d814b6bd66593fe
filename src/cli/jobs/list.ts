import { Option } from 'commander';
import type { JobState } from '../../protocol/schemas/admin/jobs.ts';
import type { AdminContext } from '../admin-context.ts';
import { findAgent } from '../agents/find-agent.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printTable } from '../format/print-table.ts';
import { localTime } from '../format/time.ts';
import { wholeNumber } from '../input/option-values.ts';
import { jobSource, jobStatus } from './describe-job.ts';

/** A record, so that the compiler says when a state is missing. */
const STATES = {
  queued: true,
  accepted: true,
  fetched: true,
  extracted: true,
  running: true,
  exited: true,
  finished: true,
} as const satisfies Record<JobState, true>;

interface ListOptions {
  agent?: string;
  state?: string;
  limit: number;
}

export function jobsList(context: AdminContext): DocumentedCommand {
  return command('list', {
    summary: 'List the jobs, newest first',
    details: 'Each run of a task is a job too; one done while the agent was away comes when it is back.',
    examples: ['commander jobs list', 'commander jobs list --agent web-1 --state running'],
  })
    .option('--agent <agent>', 'only those of this agent: its ID or host name, or the beginning of one')
    .addOption(new Option('--state <state>', 'only those in this state').choices(Object.keys(STATES)))
    .option('--limit <number>', 'how many at most', wholeNumber(1, 1000), 100)
    .action(async ({ agent, state, limit }: ListOptions) => {
      const client = context.connect();
      const jobs = await client.jobs({
        limit: String(limit),
        ...(agent === undefined ? {} : { agentID: (await findAgent(client, agent)).agentID }),
        ...(state === undefined ? {} : { state }),
      });
      const rows = jobs.map((job) => [
        job.jobID,
        job.hostname,
        job.filename,
        jobSource(job),
        jobStatus(job),
        localTime(job.createdAt),
      ]);
      printTable(context.console, {
        value: { jobs },
        headings: ['job', 'hostname', 'filename', 'by', 'status', 'created'],
        rows,
        whenEmpty: 'There are no such jobs',
      });
    });
}
