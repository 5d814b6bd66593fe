import { AppError } from '../../lib/errors.ts';
import type { AgentView } from '../../protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../protocol/schemas/admin/jobs.ts';
import type { AdminContext } from '../admin-context.ts';
import { findActiveAgents, isActive } from '../agents/find-agent.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote, printResult, type Console } from '../console.ts';
import { formatDuration } from '../format/time.ts';
import { collect, wholeNumber } from '../input/option-values.ts';
import { jobStatus, phaseDurations } from './describe-job.ts';
import { printOutput } from './print-output.ts';
import { waitForJob } from './wait-for-job.ts';

/** What the server is asked for at once, when a group is large. */
const AT_ONCE = 20;

interface AssignOptions {
  agent?: string[];
  group?: string[];
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
      'commander jobs assign hello.sh --group web',
    ],
  })
    .argument('<filename>', 'its name in the library')
    .argument('[args...]', 'arguments for the program, after --')
    .option('--agent <agent>', 'ID or host name, or the beginning of one; may be repeated', collect)
    .option('--group <group>', 'every agent that is in this group now; may be repeated', collect)
    .option('--timeout <seconds>', 'end the program after this time', wholeNumber(1, 31_536_000))
    .option('--wait', 'wait for the jobs to finish, and show their progress on stderr and their output')
    .action(async (filename: string, argv: string[], options: AssignOptions) => {
      const client = context.connect();
      const agents = await agentsFor(client, options);
      const timeout = options.timeout === undefined ? {} : { timeoutSeconds: options.timeout };
      const jobs = await assignAll(context.console, agents, async ({ agentID, hostname }) => {
        const { jobID } = await client.assign({ agentID, filename, argv, ...timeout });
        return { jobID, agentID, hostname };
      });
      if (options.wait === true) await waitForAll(context, client, jobs);
      else printResult(context.console, { jobs }, jobs.map(({ jobID }) => jobID).join('\n'));
    });
}

/** Each once. @throws AppError USAGE when none is named, AGENT_NOT_FOUND */
async function agentsFor(
  client: AdminClient,
  { agent = [], group = [] }: AssignOptions,
): Promise<AgentView[]> {
  if (agent.length + group.length === 0) throw new AppError('USAGE', 'Say for whom, with --agent or --group');
  const chosen = new Map((await findActiveAgents(client, agent)).map((one) => [one.agentID, one]));
  for (const name of group) {
    const members = (await client.agents({ group: name })).filter(isActive);
    if (members.length === 0) throw new AppError('AGENT_NOT_FOUND', `There is no agent in group "${name}"`);
    for (const member of members) chosen.set(member.agentID, member);
  }
  return [...chosen.values()];
}

/** Several at a time. Those that were assigned before an error are told of, because they run. */
async function assignAll(
  console: Console,
  agents: readonly AgentView[],
  assign: (agent: AgentView) => Promise<AssignedJob>,
): Promise<AssignedJob[]> {
  const jobs: AssignedJob[] = [];
  for (let from = 0; from < agents.length; from += AT_ONCE) {
    const answers = await Promise.allSettled(agents.slice(from, from + AT_ONCE).map(assign));
    jobs.push(...answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])));
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (failure === undefined) continue;
    printNote(console, `Assigned to ${jobs.length} of ${agents.length} agents; see: commander jobs list`);
    throw failure.reason;
  }
  return jobs;
}

async function waitForAll(
  { console, clock }: AdminContext,
  client: AdminClient,
  assigned: readonly AssignedJob[],
): Promise<void> {
  const waiting = assigned.length;
  const onState = (job: JobView) => printNote(console, `${job.hostname}: ${progressLine(job)}`);
  const jobs = await Promise.all(
    assigned.map(async ({ jobID }) => await waitForJob(jobID, { client, clock, onState, waiting })),
  );
  if (console.json) printResult(console, { jobs }, '');
  else printOutputs(console, jobs);
  const failed = jobs.filter(({ outcome }) => outcome !== 'succeeded');
  if (failed.length > 0) throw new AppError('JOB_FAILED', describeFailures(failed, jobs.length));
}

function printOutputs(console: Console, jobs: readonly JobView[]): void {
  for (const job of jobs) {
    if (jobs.length > 1) printNote(console, `Output of "${job.hostname}":`);
    printOutput(console, job);
  }
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
