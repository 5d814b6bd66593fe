import { AppError } from '../../lib/errors.ts';
import type { AgentView } from '../../protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { AdminContext } from '../admin-context.ts';
import { findAgent } from '../agents/find-agent.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult } from '../console.ts';
import { formatDuration } from '../format/time.ts';
import { collect, wholeNumber } from '../input/option-values.ts';
import { jobStatus, phaseDurations } from './describe-job.ts';
import { printOutput } from './print-output.ts';
import { waitForJob } from './wait-for-job.ts';

interface AssignOptions {
  agent: string[];
  timeout?: number;
  wait?: boolean;
}

interface AssignedJob {
  readonly jobID: string;
  readonly agentID: string;
  readonly hostname: string;
}

export function jobsAssign(context: AdminContext): DocumentedCommand {
  return command('assign', {
    summary: 'Run something from the library on agents',
    details:
      'Prints the ID of each job. With --wait it prints their output instead, and fails when one of them did not succeed.',
    examples: [
      'commander jobs assign hello.sh --agent web-1',
      'commander jobs assign hello.sh --agent web-1 --wait -- --verbose "two words"',
      'commander jobs assign backup.py --agent db-1 --agent db-2 --timeout 600',
    ],
  })
    .argument('<filename>', 'its name in the library')
    .argument('[args...]', 'arguments for the program, after --')
    .requiredOption('--agent <agent>', 'ID or host name, or the beginning of one; may be repeated', collect)
    .option('--timeout <seconds>', 'end the program after this time', wholeNumber(1, 31_536_000))
    .option('--wait', 'wait for the jobs to finish, and show their progress on stderr and their output')
    .action(async (filename: string, argv: string[], options: AssignOptions) => {
      const client = context.connect();
      const agents = await client.agents();
      const chosen = new Set(options.agent.map((text) => findAgent(agents.filter(isActive), text)));
      const jobs: AssignedJob[] = [];
      for (const { agentID, hostname } of chosen) {
        const timeout = options.timeout === undefined ? {} : { timeoutSeconds: options.timeout };
        const { jobID } = await client.assign({ agentID, filename, argv, ...timeout });
        jobs.push({ jobID, agentID, hostname });
      }
      if (options.wait === true) await waitForAll(context, client, jobs);
      else printResult(context.console, { jobs }, jobs.map(({ jobID }) => jobID).join('\n'));
    });
}

function isActive({ revokedAt }: AgentView): boolean {
  return revokedAt === undefined;
}

async function waitForAll(
  { console, clock }: AdminContext,
  client: AdminClient,
  assigned: readonly AssignedJob[],
): Promise<void> {
  const onState = (job: JobView) => printNote(console, `${job.hostname}: ${progressLine(job)}`);
  const jobs = await Promise.all(
    assigned.map(async ({ jobID }) => await waitForJob(jobID, { client, clock, onState })),
  );
  if (console.json) printResult(console, { jobs }, '');
  else for (const job of jobs) printOutput(console, job);
  const failed = jobs.filter(({ outcome }) => outcome !== 'succeeded');
  if (failed.length > 0) throw new AppError('JOB_FAILED', describeFailures(failed, jobs.length));
}

function progressLine(job: JobView): string {
  if (job.state !== 'finished') return job.state;
  const took = phaseDurations(job).map(({ name, ms }) => `${name} ${formatDuration(ms)}`);
  return [jobStatus(job), ...took].join(', ');
}

function describeFailures(failed: readonly JobView[], total: number): string {
  const each = failed.map((job) => {
    const reason = job.reason === undefined ? '' : `: ${job.reason}`;
    return `job ${job.jobID} on "${job.hostname}" ended as ${jobStatus(job)}${reason}`;
  });
  const list = each.join('; ');
  return total === 1
    ? `${list.charAt(0).toUpperCase()}${list.slice(1)}`
    : `${failed.length} of ${total} jobs did not succeed: ${list}`;
}
